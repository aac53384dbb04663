#include "arch/storage_area.hpp"

#include <string>

#include <doctest/doctest.h>

#include "arch/architecture_json.hpp"
#include "core/input_error.hpp"

namespace tessera {
namespace {

/// 10 µm² per byte at 100 bytes, 6 at 200, 5 from 400 on.
const AreaCurve curve({{100, 10}, {200, 6}, {400, 5}});

std::string architecture_with(const std::string& capacity, const std::string& top) {
  return R"({"name": "a", )" + top +
         R"( "nodes": [{"storage": "DRAM", "read_pj": 1, "write_pj": 1}, )"
         R"({"storage": "buffer", "capacity_kib": )" +
         capacity +
         R"(, "read_pj": 1, "write_pj": 1}, {"array": "PE", "axes": {"x": 2}}, )"
         R"({"storage": "register", "capacity_bits": 800, "read_pj": 1, "write_pj": 1}, )"
         R"({"compute": "MAC", "op_pj": 1}]})";
}

const std::string with_curve = R"("storage_area_um2_per_byte": {"100": 10, "200": 6, "400": 5},)";

}  // namespace

TEST_CASE("the curve is linear between its sizes and constant beyond") {
  CHECK(curve.area_um2(50) == doctest::Approx(500));
  CHECK(curve.area_um2(100) == doctest::Approx(1000));
  CHECK(curve.area_um2(150) == doctest::Approx(150 * 8));
  CHECK(curve.area_um2(300) == doctest::Approx(300 * 5.5));
  CHECK(curve.area_um2(1000) == doctest::Approx(5000));
}

TEST_CASE("the largest memory of an area has that area") {
  for (const double um2 : {300.0, 1000.0, 1210.0, 1300.0, 1999.0, 2000.0, 2001.0, 9000.0}) {
    CAPTURE(um2);
    CHECK(curve.area_um2(curve.largest_bytes(um2)) == doctest::Approx(um2));
  }
}

TEST_CASE("a capacity is what the other storages leave of an area") {
  // Two registers of 100 bytes take 2000 of 4000 µm²; 2000 µm² are 400 bytes.
  const Architecture architecture =
      parse_architecture(architecture_with(R"({"fit_area_mm2": 0.004})", with_curve), "a.json");
  const auto& buffer = std::get<Storage>(architecture.nodes.at(1));
  CHECK(buffer.capacity_bits == 3200);
  CHECK(*buffer.area_mm2 == doctest::Approx(0.002));
  CHECK(*std::get<Storage>(architecture.nodes.at(3)).area_mm2 == doctest::Approx(0.001));
  // 0.002 mm² for each of the two elements is the same.
  CHECK(parse_architecture(
            architecture_with(R"({"fit_area_mm2": {"per": "PE", "each": 0.002}})", with_curve),
            "a.json") == architecture);
}

TEST_CASE("capacities that cannot be fitted are refused") {
  const auto message = [](const std::string& capacity, const std::string& top) {
    try {
      parse_architecture(architecture_with(capacity, top), "a.json");
    } catch (const InputError& error) {
      const std::string text = error.what();
      return text.substr(text.find(": ") + 2);
    }
    return std::string("no error");
  };
  CHECK(message(R"({"fit_area_mm2": 0.004})", "") ==
        "'fit_area_mm2' needs the curve 'storage_area_um2_per_byte' of the architecture");
  CHECK(message(R"({"fit_area_mm2": 0.002})", with_curve) ==
        "the other storages leave no area for 'buffer'");
  CHECK(message(R"({"fit_area_mm2": {"per": "PF", "each": 1}})", with_curve) ==
        "unknown array 'PF'; allowed: PE; did you mean 'PE'?");
  CHECK(message("1", R"("storage_area_um2_per_byte": {"8": 1, "4": 2},)") ==
        "sizes in 'storage_area_um2_per_byte' are whole bytes, ascending, not '4'");
}

}  // namespace tessera
