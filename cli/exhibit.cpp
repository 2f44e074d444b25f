#include "cli/exhibit.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <optional>

#include "cli/text.h"
#include "core/durable_file.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPapersPrefix = "seal-";
constexpr std::string_view kProofSuffix = ".proof";

/// All papers of bags whose exhibits lie in `folder`.
Result<std::vector<BagPapers>> papers_beside(const fs::path& folder) {
  std::vector<BagPapers> found;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    if (!at->path().filename().string().starts_with(kPapersPrefix)) continue;
    auto papers = read_bag_papers(at->path());
    if (!papers) return std::move(papers).error();
    found.push_back(*std::move(papers));
  }
  if (found.empty()) {
    return Error{ErrorCode::not_found, printable(folder.string()) + ": no seal beside the proof",
                 "the folder seal-... that came with the exhibit belongs beside it"};
  }
  return found;
}

std::string where_from(const CatalogLine& line) {
  if (!line.path.empty()) return printable(line.path);
  return printable(line.stored);
}

void judge(const BagJudgement& judgement, CheckedPaper& paper) {
  paper.lines.emplace_back(
      "seal", judgement.maker.empty() ? "good" : "good, " + printable(judgement.maker));
  if (judgement.time && judgement.time->time) {
    const auto at = std::chrono::floor<std::chrono::seconds>(judgement.time->time->at);
    paper.lines.emplace_back("time",
                             format_utc(at) + " by " + printable(judgement.time->time->authority));
  }
  if (!judgement.findings.empty()) {
    paper.verdict = Verdict::tampered;
    paper.because = printable(judgement.findings.front().what);
  } else if (!judgement.unchecked.empty()) {
    paper.because = printable(judgement.unchecked.front());
  } else {
    paper.verdict = Verdict::intact;
  }
}

}  // namespace

Status write_exhibit_papers(const fs::path& folder, const Seal& seal, const BagPapers& papers) {
  const fs::path place = folder / (std::string(kPapersPrefix) + seal.bag.substr(0, 8));
  if (::mkdir(place.c_str(), 0755) != 0 && errno != EEXIST) {
    return system_error("make " + printable(place.string()), errno);
  }
  const std::array<std::pair<const char*, const std::string*>, 7> files = {{
      {"seal.json", &papers.seal_json},
      {"seal.json.sig", &papers.seal_signature},
      {"seal.json.sig.tsr", &papers.time_token},
      {"ticket.json", &papers.ticket},
      {"ticket.json.sig", &papers.ticket_signature},
      {"ratification.json", &papers.ratification},
      {"ratification.json.sig", &papers.ratification_signature},
  }};
  for (const auto& [name, text] : files) {
    if (text->empty()) continue;
    auto written = write_file(place / name, as_bytes(*text), 0644, IfExists::replace);
    if (!written) return written;
  }
  return ok();
}

Result<CheckedPaper> verify_exhibit(const fs::path& proof_file, std::string_view proof,
                                    const OutsideFacts& outside) {
  const std::string name = proof_file.string();
  if (!name.ends_with(kProofSuffix)) {
    return Error{ErrorCode::invalid_input, printable(name) + ": a proof is called NAME.proof"};
  }
  const fs::path exhibit_file = name.substr(0, name.size() - kProofSuffix.size());
  const fs::path folder = proof_file.has_parent_path() ? proof_file.parent_path() : fs::path(".");
  auto papers = papers_beside(folder);
  if (!papers) return std::move(papers).error();
  std::optional<CheckedExhibit> checked;
  const BagPapers* fitting = nullptr;
  for (const BagPapers& candidate : *papers) {
    auto content = FileAccess::open(exhibit_file);
    if (!content) return std::move(content).error();
    AccessSource source(*content);
    auto result = check_exhibit(proof, candidate, &source);
    if (!result) return std::move(result).error();
    fitting = &candidate;
    checked = *std::move(result);
    if (checked->findings.empty()) break;
  }
  CheckedPaper paper{.kind = "proof", .title = printable(exhibit_file.filename().string())};
  paper.lines.emplace_back("was", where_from(checked->line));
  paper.lines.emplace_back("in bag", printable(checked->seal.bag.substr(0, 8)) + ", one of " +
                                         counted(checked->seal.entries, "entry", "entries"));
  paper.lines.emplace_back("sealed", format_utc(checked->seal.sealed_at) + ", by the host's clock");
  if (!checked->findings.empty()) {
    paper.verdict = Verdict::tampered;
    paper.because =
        printable(checked->findings.front().where + ": " + checked->findings.front().what);
    return paper;
  }
  auto judgement = judge_papers(*fitting, checked->seal, outside);
  if (!judgement) return std::move(judgement).error();
  judge(*judgement, paper);
  return paper;
}

}  // namespace casebook::cli
