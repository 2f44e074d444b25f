#include "cli/code_names.h"

#include <array>
#include <string_view>

namespace casebook::cli {
namespace {

// Sixty-four each: six bits of a random byte choose one evenly. Nothing sad, nothing of computers.
constexpr std::array<std::string_view, 64> kFirst = {
    "amber", "azure",  "birch",  "blue",   "bright", "brisk",  "broad", "calm",   "cedar",  "chalk",
    "clear", "clever", "coral",  "crisp",  "curly",  "daring", "dusky", "early",  "eager",  "fair",
    "fleet", "fresh",  "gentle", "gilded", "golden", "grand",  "green", "hazel",  "honest", "ivory",
    "jolly", "keen",   "lilac",  "little", "lively", "lunar",  "maple", "mellow", "merry",  "misty",
    "noble", "ochre",  "olive",  "opal",   "pearl",  "plain",  "proud", "quiet",  "rapid",  "rosy",
    "ruby",  "sandy",  "silver", "sleek",  "spruce", "steady", "sunny", "swift",  "tawny",  "tidy",
    "umber", "velvet", "warm",   "winter"};
constexpr std::array<std::string_view, 64> kSecond = {
    "acorn",   "alder",   "anchor",  "badger", "beacon",  "bison",  "bobcat",  "brook",
    "canyon",  "castle",  "cherry",  "clover", "comet",   "crane",  "cricket", "dahlia",
    "dolphin", "eagle",   "egret",   "elm",    "falcon",  "fern",   "finch",   "fjord",
    "garden",  "glacier", "grove",   "gull",   "harbor",  "heron",  "hollow",  "ibis",
    "island",  "jasmine", "kestrel", "lagoon", "lantern", "lark",   "linden",  "lynx",
    "magpie",  "marten",  "meadow",  "mill",   "moose",   "orchid", "osprey",  "otter",
    "pebble",  "pelican", "pine",    "plover", "puffin",  "quail",  "raven",   "reed",
    "robin",   "salmon",  "sparrow", "stork",  "thistle", "tulip",  "walnut",  "willow"};

}  // namespace

Result<std::string> make_code_name(Randomness& randomness) {
  std::array<std::byte, 2> bytes{};
  if (auto filled = randomness.fill(bytes); !filled) return std::move(filled).error();
  return std::string(kFirst[std::to_integer<std::size_t>(bytes[0]) % kFirst.size()]) + "-" +
         std::string(kSecond[std::to_integer<std::size_t>(bytes[1]) % kSecond.size()]);
}

}  // namespace casebook::cli
