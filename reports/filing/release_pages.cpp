// Apart from release.cpp, so that a program which draws pages elsewhere links nothing that draws.
#include "reports/filing/release.h"

namespace casebook::filing {

Result<Release> release(const Draft& draft, const std::vector<Approval>& approvals,
                        const ReleaseOptions& options) {
  return release(draft, approvals, options, [&](const documents::Document& document) {
    return documents::document_pdf(document, {.font_folder = options.font_folder, .limits = {}});
  });
}

}  // namespace casebook::filing
