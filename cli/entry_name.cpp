#include "cli/entry_name.h"

#include "core/printable.h"

namespace casebook::cli {

std::string entry_name(const CatalogLine& line) {
  if (!line.path.empty()) return printable(line.path);
  std::string name = line.reading.empty() ? line.rule : line.reading;
  if (line.type == EntryType::added && line.source) name = line.source->original_name;
  if (!line.instance.empty()) name += " (" + line.instance + ")";
  return printable(name);
}

}  // namespace casebook::cli
