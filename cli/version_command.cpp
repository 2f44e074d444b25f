#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/commands.h"
#include "cli/runtime.h"
#include "core/version.h"

namespace casebook::cli {

void add_version_command(Command& root) {
  root.add("version", "Print the version")
      .example("casebook version", "")
      .run([](Runtime& runtime) {
        if (runtime.common.is_json) {
          print_json(runtime, {{"format", "casebook-version/1"}, {"version", kVersion}});
        } else {
          runtime.out << "casebook " << kVersion << '\n';
        }
        return ExitStatus::done;
      });
}

}  // namespace casebook::cli
