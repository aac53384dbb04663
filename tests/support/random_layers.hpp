#pragma once

#include "core/layer.hpp"
#include "tests/support/random_source.hpp"

namespace tessera::support {

/// A small convolution (stride, dilation, groups), depthwise convolution, matrix product or general
/// einsum (2 to 4 tensors, windows and holes in any of them); Layer::name says which.
/// `size` times as many operations are allowed as usual (4000 at most).
Layer random_layer(RandomSource& random, int size);

}  // namespace tessera::support
