#pragma once

#include <vector>

#include "core/convention.hpp"
#include "core/problem.hpp"
#include "mappers/optimal/incumbent.hpp"

namespace tessera::optimal {

/// Distinct words of a tensor that operations touch: exact where no rank stands in several of its
/// dimensions, else at least. Every one of them crosses every boundary at least once.
double distinct_words(const Problem& problem, const ProblemTensor& tensor);

/// Leakage in pJ per cycle: of all instances, or at least that of those in use, of which there are
/// `instances_used` of the compute and so many of each storage.
double leakage_rate(const Problem& problem, const Convention& convention, double instances_used,
                    const std::vector<double>& used_by_storage);

/// What no mapping of any mapspace can go below: every operation at its energy and rate, its
/// operands from where they can be held, and every word that some operation needs through every
/// storage that has to hold it.
ScoreBound compulsory_bound(const Problem& problem, const Convention& convention);

}  // namespace tessera::optimal
