#include "cli/command.h"

#include <algorithm>
#include <utility>

namespace casebook::cli {

Command::Command(std::string name, std::string summary)
    : name_(std::move(name)), summary_(std::move(summary)) {}

Command& Command::add(std::string name, std::string summary) {
  children_.push_back(std::make_unique<Command>(std::move(name), std::move(summary)));
  return *children_.back();
}

Command& Command::flag(std::string name, bool& target, std::string help) {
  return option(std::move(name), "", std::move(help), [&target](std::string_view) {
    target = true;
    return ok();
  });
}

Command& Command::option(std::string name, std::string value_name, std::string& target,
                         std::string help) {
  return option(std::move(name), std::move(value_name), std::move(help),
                [&target](std::string_view value) {
                  target = value;
                  return ok();
                });
}

Command& Command::option(std::string name, std::string value_name,
                         std::optional<std::string>& target, std::string help) {
  return option(std::move(name), std::move(value_name), std::move(help),
                [&target](std::string_view value) {
                  target = value;
                  return ok();
                });
}

Command& Command::option(std::string name, std::string value_name, std::filesystem::path& target,
                         std::string help) {
  return option(std::move(name), std::move(value_name), std::move(help),
                [&target](std::string_view value) -> Status {
                  if (value.empty()) return Error{ErrorCode::invalid_input, "a path is needed"};
                  target = value;
                  return ok();
                });
}

Command& Command::option(std::string name, std::string value_name, std::vector<std::string>& target,
                         std::string help) {
  return option(std::move(name), std::move(value_name), std::move(help),
                [&target](std::string_view value) {
                  target.emplace_back(value);
                  return ok();
                });
}

Command& Command::option(std::string name, std::string value_name, std::string help,
                         Setter setter) {
  options_.push_back({std::move(name), std::move(value_name), std::move(help), std::move(setter)});
  return *this;
}

Command& Command::argument(std::string name, std::string& target, std::string help, Count count) {
  arguments_.push_back({std::move(name), count, std::move(help), [&target](std::string_view value) {
                          target = value;
                          return ok();
                        }});
  return *this;
}

Command& Command::arguments(std::string name, std::vector<std::string>& target, std::string help,
                            Count count) {
  arguments_.push_back({std::move(name), count, std::move(help), [&target](std::string_view value) {
                          target.emplace_back(value);
                          return ok();
                        }});
  return *this;
}

Command& Command::example(std::string line, std::string what) {
  examples_.push_back({std::move(line), std::move(what)});
  return *this;
}

Command& Command::run(std::function<ExitStatus(Runtime&)> function) {
  function_ = std::move(function);
  return *this;
}

const Command* Command::find_child(std::string_view name) const {
  const auto found =
      std::ranges::find_if(children_, [&](const auto& child) { return child->name() == name; });
  return found == children_.end() ? nullptr : found->get();
}

const Option* Command::find_option(std::string_view name) const {
  const auto found = std::ranges::find(options_, name, &Option::name);
  return found == options_.end() ? nullptr : &*found;
}

std::string ParsedCommandLine::words() const {
  std::string words;
  for (const Command* command : trail) {
    if (!words.empty()) words += ' ';
    words += command->name();
  }
  return words;
}

}  // namespace casebook::cli
