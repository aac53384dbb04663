#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::fuzz {

/// Parts of a JSON text: strings, words and numbers, runs of blanks, single other characters. Their
/// concatenation is the text, whatever the text is.
std::vector<std::string> tokens_of(std::string_view text);

std::string concatenation(const std::vector<std::string>& tokens);

bool is_string(const std::string& token);
bool is_number(const std::string& token);
/// A string, a number or a word.
bool is_value(const std::string& token);

/// The position behind the bracket that closes the one at `open`, or the end.
std::size_t behind_bracket(const std::vector<std::string>& tokens, std::size_t open);

}  // namespace tessera::fuzz
