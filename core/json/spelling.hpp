#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// `text` between single quotes, fit for one line of a message: control characters as \xNN, and
/// cut after 60 bytes.
std::string quote(std::string_view text);

/// "a, b, c", or "none" where there is nothing.
std::string listed(std::span<const std::string> names);

/// How many insertions, deletions, replacements and swaps of neighbours turn `a` into `b`;
/// upper and lower case are equal.
int spelling_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `name`, or "" where none is near: at most a third of its letters
/// differ (one may always), or it starts with `name`. Of equally near ones the first.
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

/// "; did you mean 'x'?", or "" where nothing is near.
std::string did_you_mean(std::string_view name, std::span<const std::string> candidates);

/// "; allowed: a, b, c; did you mean 'b'?"
std::string allowed_names(std::string_view name, std::span<const std::string> candidates);

}  // namespace tessera
