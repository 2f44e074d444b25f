/// Makes the bags of tests/vectors/bag/ and the first inputs of the fuzz targets. Run by hand when
/// a new version of the format is released; bags of released versions are never made again.
///   make_bag_vectors bags FOLDER    |    make_bag_vectors corpus FOLDER

#include <filesystem>

#include "tests/support/forged_bag.h"

namespace {

using namespace casebook;
namespace fs = std::filesystem;

void put(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  check(bool(write_file(path, as_bytes(text), 0644, IfExists::replace)), "write a vector");
}

void make_bags(const fs::path& folder) {
  SeededRandomness randomness(1);
  auto identity = AgeIdentity::make(randomness);
  check(bool(identity), "make an identity");
  put(folder / "identity", std::string(as_text(identity->text().reveal())) + "\n");
  for (const bool encrypted : {false, true}) {
    const fs::path parent = folder / (encrypted ? "encrypted" : "plain");
    fs::create_directories(parent);
    const auto bag = make_sample_bag(
        parent, encrypted ? std::optional(identity->recipient()) : std::optional<AgeRecipient>());
    check(bool(bag), "make a bag");
  }
}

void make_corpus(const fs::path& folder) {
  const ForgeryPlan plan{.members = {forged_member("/etc/hosts", "127.0.0.1 me\n")}};
  const Forgery forgery = forge(plan);
  put(folder / "bag_contents" / "good", forgery.tar);
  const Bytes archive = framed(forgery);
  put(folder / "seek_table" / "archive", as_text(archive));
  put(folder / "seek_table" / "table",
      as_text(std::span(archive).subspan(archive.size() - seek_table_size(2))));
  put(folder / "tar_header" / "plain", std::string_view(forgery.tar).substr(0, 512));
  std::string extended;
  append_tar_header(extended, forgery.seal.bag, std::string(300, 'n'), std::uint64_t{1} << 40U);
  put(folder / "tar_header" / "extended", extended);
  std::string line;
  append_catalog_line(line, plan.members[0].line);
  put(folder / "catalog_line" / "stored", line);
  Seal seal = forgery.seal;
  seal.seal_key = "ssh-ed25519 AAAA";
  put(folder / "bag_papers" / "seal", seal_text(seal));
  CatalogIndex index;
  index.bag = index.run = forgery.seal.bag;
  index.date = "2026-11-21";
  index.software = "corpus 1.0";
  index.frame_bytes = kFrameBytesMin;
  index.segments = {{1536, 10, 1, {}}};
  put(folder / "bag_papers" / "index", catalog_index_text(index));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const std::string_view what = arguments[1];
  if (what == "bags") make_bags(arguments[2]);
  if (what == "corpus") make_corpus(arguments[2]);
  return 0;
}
