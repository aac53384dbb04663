// Numbers and patterns: the pieces of what people read.
#include <sstream>

#include <doctest/doctest.h>

#include "cli/layer_pattern.hpp"
#include "cli/number_text.hpp"
#include "cli/progress_line.hpp"
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

namespace {

/// Two rows with bars of 3 + 1 and of 2, and a sum without one.
std::string table_on(const tessera::Terminal& terminal) {
  tessera::TextTable table({"name", "long column", "sum"}, {tessera::Align::left});
  table.name_bars("bars", {0, 2});
  table.add_row({"a", "1234567890", "4"});
  table.add_bar({3, 1});
  table.add_row({"b", "", "2"});
  table.add_bar({2, 0});
  table.add_rule();
  table.add_row({"all", "", "6"});
  std::ostringstream out;
  table.print(out, terminal);
  return out.str();
}

}  // namespace

TEST_CASE("bars stand behind the rows on a wide terminal, below them on a narrow one") {
  const std::string plain =
      "name  long column  sum\n"
      "----  -----------  ---\n"
      "a      1234567890    4\n"
      "b                    2\n"
      "----  -----------  ---\n"
      "all                  6\n";
  CHECK(table_on({}) == plain);
  // The table takes 22 columns and 2 blanks, and no bar is shorter than 10.
  CHECK(table_on({.columns = 34}) ==
        "name  long column  sum  bars\n"
        "----  -----------  ---  ----------\n"
        "a      1234567890    4  ##########\n"
        "b                    2  #####\n"
        "----  -----------  ---\n"
        "all                  6\n");
  CHECK(table_on({.columns = 33}) == plain +
                                         "\nname  sum  bars\n"
                                         "----  ---  ----------------------\n"
                                         "a       4  ######################\n"
                                         "b       2  ###########\n");
  CHECK(table_on({.columns = 20}) == plain);
}

TEST_CASE("bars in blocks and colours") {
  using tessera::bar_text;
  const std::string block = "\u2588";
  CHECK(bar_text({1.5}, 4, 4, {.blocks = true}) == block + "\u258C");
  CHECK(bar_text({4}, 4, 4, {.blocks = true}) == block + block + block + block);
  CHECK(bar_text({3, 1}, 4, 4, {.colours = true}) ==
        "\x1b[38;5;25m###\x1b[0m\x1b[38;5;214m#\x1b[0m");
  // Parts too small for a character keep the length of the whole: 0.4 + 0.4 + 0.4 of 4.
  CHECK(bar_text({0.4, 0.4, 0.4}, 4, 4, {.colours = true}) == "\x1b[38;5;214m#\x1b[0m");
}

TEST_CASE("progress: the time left is that of the work of this run") {
  using tessera::progress_text;
  CHECK(progress_text({}, "points", 3) == "0 points, 3 s");
  CHECK(progress_text({.done = 0, .total = 40}, "points", 3) == "0 of 40 points, 3 s");
  CHECK(progress_text({.done = 10, .total = 40}, "points", 3) ==
        "10 of 40 points, 3 s, about 9 s left");
  // 900 points are from an earlier run; a tenth of the other 100 took 60 s.
  CHECK(progress_text({.done = 910, .total = 1000, .share = 0.1}, "points", 60) ==
        "910 of 1000 points, 60 s, about 9 min left");
  CHECK(progress_text({.done = 40, .total = 40, .note = "best"}, "points", 100 * 60) ==
        "40 of 40 points, 100 min; best");
  CHECK(progress_text({.done = 1, .total = 3}, "points", 2 * 3600) ==
        "1 of 3 points, 2 h 0 min, about 4 h 0 min left");
}
