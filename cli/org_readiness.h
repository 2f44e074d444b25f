#pragma once
/// Registers of the organisation (contacts, customers, training, drills) and what they lack.
/// Specification: docs/spec/org.md.

#include <filesystem>
#include <vector>

#include "cli/command.h"
#include "cli/key_folder.h"
#include "core/person_card.h"

namespace casebook::cli {

/// Where the challenge for a key is kept until it is answered.
std::filesystem::path challenge_file(const std::filesystem::path& org,
                                     const std::string& fingerprint);
/// A card by a key of this machine. @param challenge  empty: made and answered in one step.
Result<SignedCard> make_own_card(Runtime& runtime, const Person& person, const std::string& name,
                                 const std::string& challenge);

/// `org contacts`, `org customers`, `org training`, `org drill`.
void add_org_registers(Command& org);
/// `org check`.
ExitStatus check_readiness(Runtime& runtime);

}  // namespace casebook::cli
