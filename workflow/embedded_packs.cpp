#include "workflow/embedded_packs.h"

namespace casebook::workflow {
namespace {

using namespace std::string_view_literals;  // "sv" counts while reading; constexpr length() has
                                            // limits.

constexpr EmbeddedPack kPacks[] = {
#include "workflow/embedded_packs.inc"
};

}  // namespace

std::span<const EmbeddedPack> embedded_packs() { return kPacks; }

std::string_view embedded_pack(std::string_view id) {
  for (const EmbeddedPack& pack : kPacks) {
    std::string_view name = pack.name;
    name.remove_prefix("packs/"sv.size());
    name.remove_suffix(".json"sv.size());
    if (name == id) return pack.text;
  }
  return {};
}

}  // namespace casebook::workflow
