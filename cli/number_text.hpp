#pragma once

#include <cstdint>
#include <string>

namespace tessera {

// Numbers for people.

/// "1234567" as "1,234,567".
std::string grouped_text(std::int64_t count);

/// "1,234,567"; one digit after the point where they are not whole: "1,234.5".
std::string cycles_text(double cycles);

/// Four digits and a suffix: "105.4 M". Below 100,000 all digits, grouped.
std::string short_count_text(double count);

/// Four digits with a unit from pJ to J: "1.234 uJ".
std::string energy_text(double pj);

/// Four digits with a unit from ns to s: "4.210 ms".
std::string time_text(double seconds);

/// Four significant digits: "12.34", "0.001234".
std::string four_digits_text(double value);

/// A share of 1 with one digit: "12.3 %".
std::string percent_text(double share);

/// Bits as KiB or MiB where they are many, else as bits: "108 KiB", "384 bits".
std::string capacity_text(std::int64_t bits);

/// As few digits as give the same double again.
std::string exact_text(double value);

/// The same; a whole number up to 2^53 with all its digits: "1000000", not "1e+06".
std::string plain_text(double value);

}  // namespace tessera
