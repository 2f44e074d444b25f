// Writes one release into a folder, for the test that it has the same bytes everywhere.
// usage: casebook_make_release FOLDER
#include <fstream>
#include <locale>
#include <string>

#include "reports/filing/draft_json.h"
#include "reports/filing/release.h"
#include "tests/unit/filing/filing_story.h"

int main(int argc, char** argv) {
  using namespace casebook::filing;
  if (argc != 2) return 2;
  std::setlocale(LC_ALL, "");
  DraftInput input = full_input(law("eu-gdpr"), "sa_initial");
  input.language = casebook::documents::Language::nl;
  const Draft draft = draft_of(input);
  const std::vector<Approval> approvals{
      {"legal", "p-cy", draft_digest(draft), at("2026-10-24T12:30:00Z")}};
  ReleaseOptions options;
  options.made_at = at("2026-10-24T13:00:00Z");
  const auto made = release(draft, approvals, options);
  if (!made) return 1;
  for (const ReleaseFile& file : made->files)
    std::ofstream(std::string(argv[1]) + "/" + file.name, std::ios::binary) << file.bytes;
  return 0;
}
