#pragma once
/// Texts of a policy, filled: pages, reports, announcements. Pure. Specification:
/// docs/spec/templates.md.

#include "workflow/sitrep.h"

namespace casebook::workflow {

/// A placeholder's text; several lines are a list.
using TemplateValues = std::map<std::string, std::vector<std::string>, std::less<>>;

struct FilledText {
  std::string text;
  std::vector<std::string> unknown;  ///< Placeholders without a value, marked "[name?]" in it.
};

/// What a case says for placeholders; those that a person gives are not in it.
TemplateValues template_values(const SitrepRequest& request);
/// Each placeholder once: what comes in is never read again.
FilledText fill_template(std::string_view text, const TemplateValues& values, Language language,
                         bool is_drill);

}  // namespace casebook::workflow
