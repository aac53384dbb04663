#include "cli/report_defaults.hpp"

#include "cli/objective_names.hpp"

namespace tessera {

Objective objective_of(const Flags& flags, const MappingInput& mappings) {
  if (flags.objective) {
    return *flags.objective;
  }
  const auto name = mappings.is_report() ? text_of_report(mappings, "objective") : std::nullopt;
  for (const ObjectiveName& entry : objective_names()) {
    if (entry.name == name) {
      return entry.objective;
    }
  }
  return Objective::edp;
}

Flags with_report_defaults(const Flags& flags, const MappingInput& mappings) {
  Flags result = flags;
  if (!result.accounting && mappings.is_report()) {
    result.accounting = text_of_report(mappings, "accounting");
  }
  const JsonValue* mapspace =
      mappings.is_report() ? mappings.file.document().find("mapspace") : nullptr;
  if (mapspace != nullptr) {
    const JsonValue* factors = mapspace->find("factors");
    const JsonValue* nest = mapspace->find("nest");
    result.mapspace.perfect_factors = factors != nullptr && factors->text == "perfect";
    result.mapspace.even_nest = nest != nullptr && nest->text == "even";
  }
  return result;
}

}  // namespace tessera
