#pragma once

#include <string>

#include <nlohmann/json.hpp>

/// What must hold for every report (docs/model.md, Bounds): parts sum to totals, no layer is
/// faster than the peak, and each word that some operation uses crosses to or from the outermost
/// storage. Reports failures to doctest.
void check_report(const nlohmann::json& report);
