#include "cli/paper_output.h"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/child_process.h"
#include "cli/runbook_values.h"
#include "cli/text.h"
#include "core/digest.h"
#include "core/durable_file.h"
#include "core/printable.h"
#include "core/version.h"
#include "reports/document/csv_writer.h"
#include "reports/document/document_json.h"
#include "reports/document/docx_writer.h"
#include "reports/document/html_writer.h"
#include "reports/document/text_writer.h"

namespace casebook::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPdfBytesMax = std::size_t{256} << 20U;
constexpr std::size_t kComplaintBytesMax = 4096;

Result<fs::path> find_pages() {
  std::error_code failure;
  const fs::path program = fs::read_symlink("/proc/self/exe", failure);
  for (const fs::path& place :
       {program.parent_path() / "casebook-pages",
        program.parent_path().parent_path() / "lib/casebook/casebook-pages"}) {
    std::error_code ignored;
    if (!failure && fs::is_regular_file(place, ignored)) return place;
  }
  return Error{ErrorCode::not_found, "casebook-pages is not beside this program",
               "it draws PDF files and is installed with casebook"};
}

Result<std::string> read_all(int fd, std::size_t bytes_max) {
  FdSource source(fd);
  std::string text;
  std::vector<std::byte> chunk(std::size_t{1} << 16U);
  while (true) {
    auto count = source.read(chunk);
    if (!count) return std::move(count).error();
    if (*count == 0) return text;
    if (text.size() + *count > bytes_max) return Error{ErrorCode::limit_exceeded, "too many bytes"};
    text.append(as_text(std::span(chunk).first(*count)));
  }
}

/// A file of the folder, and what is in it.
struct Copy {
  std::string name;
  std::string bytes;
};

Result<std::vector<Copy>> copies_of(const documents::Document& document, const std::string& stem,
                                    const PaperOptions& options, const documents::Table* csv) {
  std::vector<Copy> copies;
  auto html = documents::document_html(document);
  if (!html) return std::move(html).error();
  copies.push_back({stem + ".html", *std::move(html)});
  auto pdf = draw_pages(document);
  if (!pdf) return std::move(pdf).error();
  copies.push_back({stem + ".pdf", *std::move(pdf)});
  auto json = documents::document_json(document);
  if (!json) return std::move(json).error();
  copies.push_back({stem + ".json", *std::move(json)});
  if (csv != nullptr) copies.push_back({stem + ".csv", documents::table_csv(*csv)});
  if (options.is_docx) {
    auto docx = documents::document_docx(document);
    if (!docx) return std::move(docx).error();
    copies.push_back({stem + ".docx", *std::move(docx)});
  }
  return copies;
}

Status check_folder(const fs::path& folder, const std::vector<Copy>& copies) {
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return system_error("make " + printable(folder.string()), failure.value());
  for (const Copy& copy : copies) {
    if (!fs::exists(folder / copy.name, failure)) continue;
    return Error{ErrorCode::invalid_input,
                 printable((folder / copy.name).string()) + " is there already",
                 "choose another folder: nothing that was handed out is replaced"};
  }
  return ok();
}

}  // namespace

void add_paper_options(Command& command, PaperOptions& options) {
  command
      .option("--out", "FOLDER", options.out,
              "write a clear copy there: HTML, PDF, JSON; else it is shown as text")
      .option("--lang", "LANG", options.language, "en or nl; else as your terminal says")
      .flag("--docx", options.is_docx, "also as DOCX, marked as a draft, for who must edit");
}

Result<documents::Language> paper_language(const Runtime& runtime, const PaperOptions& options) {
  if (options.language == "en") return documents::Language::en;
  if (options.language == "nl") return documents::Language::nl;
  if (!options.language.empty()) {
    return Error{ErrorCode::invalid_input,
                 "--lang is en or nl, not " + printable(options.language)};
  }
  return language_of(runtime) == workflow::Language::nl ? documents::Language::nl
                                                        : documents::Language::en;
}

std::string tool_name() { return std::string("casebook ") + kVersion; }

Result<std::string> draw_pages(const documents::Document& document) {
  auto program = find_pages();
  if (!program) return std::move(program).error();
  auto json = documents::document_json(document);
  if (!json) return std::move(json).error();
  auto child = ChildProcess::start({program->string()});
  if (!child) return std::move(child).error();
  // It reads all before it writes anything. A child that ended early says why on its third stream.
  const auto given = write_all(child->input(), as_bytes(*json));
  child->close_input();
  auto bytes = read_all(child->output(), kPdfBytesMax);
  auto complaint = read_all(child->errors(), kComplaintBytesMax);
  auto status = std::move(*child).wait();
  if (!status) return std::move(status).error();
  if (*status == 0 && given && bytes) return bytes;
  std::string why = complaint ? *complaint : "";
  std::string hint;
  if (const std::size_t end = why.find('\n'); end != std::string::npos) {
    hint = why.substr(end + 1);
    why.resize(end);
    while (hint.ends_with('\n')) hint.pop_back();
  }
  if (why.empty()) why = "it ended with status " + std::to_string(*status);
  return Error{ErrorCode::io, "drawing the pages: " + printable(why), printable(hint)};
}

const documents::Table* first_table(const documents::Document& document) {
  for (const documents::Block& block : document.blocks) {
    if (const auto* table = std::get_if<documents::Table>(&block)) return table;
  }
  return nullptr;
}

ExitStatus deliver_paper(Runtime& runtime, const documents::Document& document,
                         const std::string& stem, const PaperOptions& options,
                         const documents::Table* csv) {
  if (options.out.empty()) {
    auto text = runtime.common.is_json ? documents::document_json(document)
                                       : documents::document_text(document);
    if (!text) return fail(runtime, text.error());
    runtime.out << *text << (runtime.common.is_json ? "\n" : "");
    return ExitStatus::done;
  }
  auto copies = copies_of(document, stem, options, csv);
  if (!copies) return fail(runtime, copies.error());
  if (auto free = check_folder(options.out, *copies); !free) return fail(runtime, free.error());
  Json list = Json::array();
  Table table({{""}, {"", Align::right}, {"SHA-256"}});
  for (const Copy& copy : *copies) {
    const fs::path path = options.out / copy.name;
    if (auto written = write_file(path, as_bytes(copy.bytes), 0600); !written) {
      return fail(runtime, written.error());
    }
    const auto digest = sha256(as_bytes(copy.bytes));
    if (!digest) return fail(runtime, digest.error());
    list.push_back({{"bytes", copy.bytes.size()},
                    {"file", printable(path.string())},
                    {"sha256", to_hex(*digest)}});
    table.row(
        {printable(path.string()), human_size(copy.bytes.size()), to_hex(*digest).substr(0, 16)});
  }
  if (runtime.common.is_json) {
    print_json(runtime, {{"files", std::move(list)}, {"format", "casebook-paper/1"}});
  } else {
    runtime.out << table.text(runtime.terminal.width_columns);
  }
  return ExitStatus::done;
}

}  // namespace casebook::cli
