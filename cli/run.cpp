#include "cli/run.hpp"

#include <exception>
#include <new>
#include <ostream>
#include <variant>

#include "cli/commands.hpp"
#include "cli/flags.hpp"
#include "core/input_error.hpp"

namespace tessera {

namespace {

int run_command(const Flags& flags, const Session& session) {
  switch (flags.command) {
    case Command::map:
      return run_map(flags, session);
    case Command::evaluate:
      return run_evaluate(flags, session);
    case Command::compare:
      return run_compare(flags, session);
    case Command::sweep:
      return run_sweep_command(flags, session);
    case Command::bounds:
      return run_bounds(flags, session);
    case Command::explain:
      return run_explain(flags, session);
    case Command::list:
      return run_list(flags, session);
    case Command::show:
      return run_show(flags, session);
    case Command::check:
      return run_check(flags, session);
  }
  return exit_wrong_input;
}

}  // namespace

int run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err,
        const Environment& environment) {
  try {
    const ParsedFlags parsed = parse_flags(arguments);
    int code = exit_done;
    if (const auto* text = std::get_if<PlainText>(&parsed)) {
      out << text->text;
    } else {
      code = run_command(std::get<Flags>(parsed),
                         {.out = out, .err = err, .environment = environment});
    }
    out.flush();
    if (!out) {
      throw InputError("cannot write to the standard output");
    }
    return code;
  } catch (const InputError& error) {
    err << "tessera: " << error.what() << '\n';
  } catch (const std::bad_alloc&) {
    err << "tessera: out of memory\n";
  } catch (const std::exception& error) {
    err << "tessera: internal error: " << error.what() << '\n';
  }
  return exit_wrong_input;
}

}  // namespace tessera
