#pragma once
/// What fills the fields of entries that nobody wrote.

#include "tests/property/workflow/world.h"

namespace casebook::workflow {

/// Every field that has to be there; nothing when one refers to what is not there.
std::optional<Fields> filled(const Register& rule, Fields fields, const World& world);
/// Some value of a field.
Value sample(const FieldRule& field, const World& world);

struct Asked {
  Fields given, at_end;
};
/// What a query asks for: said at the start, and when it is settled.
Asked asked_of(const Query& query, const Register& rule);

/// How often these persons recorded an entry with these fields.
std::size_t times_said(const World& world, const std::string& kind, const Fields& given,
                       const std::vector<std::size_t>& persons);

}  // namespace casebook::workflow
