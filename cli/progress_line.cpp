#include <algorithm>
#include <ostream>

#include "cli/collect_summary.h"
#include "cli/text.h"

namespace casebook::cli {

ProgressLine::ProgressLine(Runtime& runtime)
    : runtime_(runtime), started_at_(std::chrono::steady_clock::now()) {}

ProgressLine::~ProgressLine() {
  if (is_shown_) runtime_.err << "\r\x1b[K" << std::flush;
}

void ProgressLine::show(const Progress& progress) {
  if (!runtime_.terminal.is_err_terminal || runtime_.common.is_json) return;
  const auto now = std::chrono::steady_clock::now();
  if (is_shown_ && now - shown_at_ < std::chrono::milliseconds(200)) return;
  shown_at_ = now;
  is_shown_ = true;
  const auto elapsed = std::chrono::duration<double>(now - started_at_).count();
  const double rate = elapsed > 0 ? static_cast<double>(progress.bytes_read) / elapsed : 0;
  std::string line = "  stage " + std::to_string(progress.stage) + "  " +
                     with_thousands(progress.entries) + " entries  " +
                     human_size(progress.bytes_read);
  if (progress.bytes_expected > progress.bytes_read) {
    line += " of about " + human_size(progress.bytes_expected);
    if (rate > 1) {
      const double left = static_cast<double>(progress.bytes_expected - progress.bytes_read) / rate;
      line += "  " +
              human_duration(std::chrono::milliseconds(static_cast<std::int64_t>(left * 1000))) +
              " left";
    }
  }
  line += "  " + human_size(static_cast<std::uint64_t>(rate)) + "/s";
  line.resize(std::min(line.size(), static_cast<std::size_t>(runtime_.terminal.width_columns - 1)));
  runtime_.err << '\r' << line << "\x1b[K" << std::flush;
}

}  // namespace casebook::cli
