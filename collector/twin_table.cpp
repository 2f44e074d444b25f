#include "collector/twin_table.h"

#include "core/stored_name.h"

namespace casebook {
namespace {
constexpr std::uint64_t kBits = std::uint64_t{1} << 25U;  // 4 MiB
constexpr unsigned kProbes = 8;

/// Calls `probe` with the bits of a hash, by double hashing, until it returns false.
template <typename Probe>
bool all_probes(std::uint64_t hash, Probe probe) {
  const std::uint64_t step = hash >> 32U | 1U;
  for (unsigned i = 0; i < kProbes; ++i, hash += step) {
    const std::uint64_t bit = hash % kBits;
    if (!probe(bit / 64, std::uint64_t{1} << bit % 64)) return false;
  }
  return true;
}
}  // namespace

TwinTable::TwinTable(KeyedHash hash)
    : hash_(hash), bits_(std::make_unique<std::uint64_t[]>(kBits / 64)) {}  // NOLINT

Result<TwinTable> TwinTable::create(Randomness& randomness) {
  auto hash = KeyedHash::make(randomness);
  if (!hash) return std::move(hash).error();
  return TwinTable(*hash);
}

std::uint64_t TwinTable::hash_of(Role role, std::string_view folded) {
  key_.assign(1, static_cast<char>(role)).append(folded);
  return hash_(key_);
}

bool TwinTable::contains(std::uint64_t hash) const {
  return all_probes(
      hash, [&](std::size_t word, std::uint64_t mask) { return (bits_[word] & mask) != 0; });
}

void TwinTable::insert(std::uint64_t hash) {
  all_probes(hash, [&](std::size_t word, std::uint64_t mask) {
    bits_[word] |= mask;
    return true;
  });
}

bool TwinTable::claim(std::string_view stored) {
  fold_case_to(folded_, stored);
  const std::string_view name = folded_;
  const std::uint64_t as_file = hash_of(Role::file, name);
  if (contains(as_file) || contains(hash_of(Role::folder, name))) return false;
  const std::string_view folder = name.substr(0, name.rfind('/'));
  if (folder != folder_) {
    for (std::size_t end = name.find('/'); end != std::string_view::npos;
         end = name.find('/', end + 1)) {
      if (contains(hash_of(Role::file, name.substr(0, end)))) return false;
    }
    for (std::size_t end = name.find('/'); end != std::string_view::npos;
         end = name.find('/', end + 1)) {
      insert(hash_of(Role::folder, name.substr(0, end)));
    }
    folder_ = folder;
  }
  insert(as_file);
  return true;
}

}  // namespace casebook
