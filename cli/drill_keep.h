#pragma once
/// A drill story told once more, into a case on disk: keys of a made-up cast, statements signed by
/// them at the times of the story. Specification: docs/spec/drill.md, section "Kept".

#include <filesystem>
#include <map>
#include <sstream>

#include "cli/case_session.h"
#include "cli/command.h"
#include "cli/runtime.h"
#include "workflow/drill.h"

namespace casebook::cli {

class KeptDrill {
 public:
  /// @param folder  must not exist yet; gets `cast` (their keys and settings) and `case`.
  KeptDrill(const Runtime& runtime, const workflow::DrillStory& story, std::filesystem::path folder,
            workflow::Language language);
  KeptDrill(const KeptDrill&) = delete;
  KeptDrill& operator=(const KeptDrill&) = delete;
  ~KeptDrill();

  /// Makes keys, opens the case, lets the cast join and take their roles.
  Status begin();
  /// What the event says, entered; what the story has refused must be refused.
  Status play(const workflow::DrillEvent& event);
  Status end();
  [[nodiscard]] std::filesystem::path case_folder() const { return folder_ / "case"; }
  [[nodiscard]] std::filesystem::path cast_folder() const { return folder_ / "cast"; }
  /// Whose keys to read it with.
  [[nodiscard]] const std::string& reader() const { return story_.cast.front().id; }

 private:
  Result<ExitStatus> typed(const std::vector<std::string>& words, const std::string& as);
  Status type(const std::vector<std::string>& words, const std::string& as);
  [[nodiscard]] std::string complaint() const;
  [[nodiscard]] Status as_told(const workflow::DrillEvent& event, bool was_taken) const;
  Status cast_joins();
  Status cast_takes_roles();
  Status at_desk_of(const std::string& person);
  Status leave_desk();
  Status say_evidence(const workflow::DrillEvent& event);
  Status say_body(const workflow::DrillEvent& event);

  const workflow::DrillStory& story_;
  std::filesystem::path folder_;
  workflow::Language language_;
  FixedClock clock_;
  UtcSeconds start_;
  std::istringstream in_;
  std::ostringstream out_, err_;
  Runtime runtime_;
  std::unique_ptr<CaseSession> session_;
  std::string at_desk_;
  UtcSeconds desk_time_;
  workflow::DrillNames names_;
};

}  // namespace casebook::cli
