// casebook-pages: draws a document (casebook-document/1 on standard input) as a tagged PDF on
// standard output. A program of its own, so that no command loads fonts and drawing that it does
// not need, and a document that is too much ends this program and no other. Decision 0195.
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <iostream>
#include <new>
#include <vector>

#include "reports/document/document_json.h"
#include "reports/document/pdf_writer.h"

namespace casebook {
namespace {

constexpr std::uint64_t kDocumentBytesMax = std::uint64_t{16} << 20U;
constexpr rlim_t kMemoryBytesMax = rlim_t{2} << 30U;
constexpr rlim_t kSecondsMax = 120;

void limit(__rlimit_resource resource, rlim_t most) {
  rlimit limits{};
  if (getrlimit(resource, &limits) != 0) return;
  limits.rlim_cur = std::min(limits.rlim_max, most);
  setrlimit(resource, &limits);
}

Result<std::string> read_all() {
  std::string text;
  std::vector<char> chunk(1U << 16U);
  while (std::cin.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) ||
         std::cin.gcount() > 0) {
    text.append(chunk.data(), static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > kDocumentBytesMax) {
      return Error{ErrorCode::limit_exceeded, "the document is larger than 16 MiB"};
    }
  }
  return text;
}

Result<std::string> draw() {
  auto text = read_all();
  if (!text) return text;
  auto document = documents::parse_document(*text);
  if (!document) return std::move(document).error();
  auto file = documents::document_pdf(*document);
  if (!file) return std::move(file).error();
  return std::move(file->bytes);
}

int run() {
  limit(RLIMIT_CORE, 0);  // A crash must not write the text to the disk.
#if !defined(__SANITIZE_ADDRESS__)
  limit(RLIMIT_AS, kMemoryBytesMax);
#endif
  limit(RLIMIT_CPU, kSecondsMax);
  std::ios::sync_with_stdio(false);
  const auto bytes = draw();
  if (!bytes) {
    std::cerr << bytes.error().message << '\n';
    if (!bytes.error().hint.empty()) std::cerr << bytes.error().hint << '\n';
    return 1;
  }
  std::cout.write(bytes->data(), static_cast<std::streamsize>(bytes->size()));
  std::cout.flush();
  return std::cout ? 0 : 1;
}

}  // namespace
}  // namespace casebook

int main() {
  std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): a closed pipe shows as EPIPE.
  try {
    return casebook::run();
  } catch (const std::bad_alloc&) {
    std::cerr << "the document takes more memory than pages may\n";
  } catch (...) {
    std::cerr << "internal error while drawing\n";
  }
  return 1;
}
