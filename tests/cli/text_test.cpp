// Numbers and patterns: the pieces of what people read.
#include <sstream>

#include <doctest/doctest.h>

#include "cli/layer_pattern.hpp"
#include "cli/number_text.hpp"
#include "cli/text_table.hpp"

TEST_CASE("numbers for people") {
  using namespace tessera;
  CHECK(grouped_text(0) == "0");
  CHECK(grouped_text(999) == "999");
  CHECK(grouped_text(1000) == "1,000");
  CHECK(grouped_text(1234567) == "1,234,567");
  CHECK(grouped_text(-1234) == "-1,234");
  CHECK(short_count_text(99999) == "99,999");
  CHECK(short_count_text(100000) == "100.0 k");
  CHECK(short_count_text(105415200) == "105.4 M");
  CHECK(energy_text(0) == "0.000 pJ");
  CHECK(energy_text(999.94) == "999.9 pJ");
  CHECK(energy_text(999.96) == "1.000 nJ");
  CHECK(energy_text(5.4e9) == "5.400 mJ");
  CHECK(energy_text(1e12) == "1.000 J");
  CHECK(energy_text(12345e12) == "12345.0 J");
  CHECK(time_text(0.005072) == "5.072 ms");
  CHECK(percent_text(0.123456) == "12.3 %");
  CHECK(four_digits_text(2.28149) == "2.281");
  CHECK(four_digits_text(66.788) == "66.79");
  CHECK(four_digits_text(12345) == "12345");
  CHECK(four_digits_text(2.739e-5) == "2.739e-05");
  CHECK(capacity_text(8191) == "8,191 bits");
  CHECK(capacity_text(8192) == "1 KiB");
  CHECK(capacity_text(108 * 8192) == "108 KiB");
  CHECK(capacity_text(24LL * 1024 * 8192) == "24 MiB");
  CHECK(exact_text(0.1) == "0.1");
}

TEST_CASE("a pattern matches whole names") {
  using tessera::matches;
  CHECK(matches("conv1", "conv1"));
  CHECK_FALSE(matches("conv1", "conv10"));
  CHECK_FALSE(matches("conv10", "conv1"));
  CHECK(matches("conv*", "conv"));
  CHECK(matches("conv*", "conv12"));
  CHECK(matches("*1", "conv11"));
  CHECK(matches("c*n*1", "conv21"));
  CHECK_FALSE(matches("c*n*1", "conv12"));
  CHECK(matches("conv?", "conv3"));
  CHECK_FALSE(matches("conv?", "conv"));
  CHECK(matches("*", ""));
  CHECK_FALSE(matches("", "a"));
}

TEST_CASE("a table leaves out a column without cells") {
  tessera::TextTable table({"name", "none", "number"},
                           {tessera::Align::left, tessera::Align::right, tessera::Align::right});
  table.add_row({"a", "", "1"});
  table.add_row({"long name", "", "1000000"});
  std::ostringstream out;
  table.print(out);
  CHECK(out.str() ==
        "name        number\n"
        "---------  -------\n"
        "a                1\n"
        "long name  1000000\n");
}
