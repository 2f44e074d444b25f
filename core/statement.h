#pragma once
/// What a person signs about a case. Specification: docs/spec/statement.md.

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "core/json_text.h"
#include "core/merkle.h"
#include "core/ssh_signature.h"

namespace casebook {

inline constexpr std::size_t kStatementBytesMax = std::size_t{256} << 10U;
inline constexpr std::size_t kStatementSignaturesMax = 8;

/// Names and digests of what a signature covers besides the text itself.
using StatementDigests = std::map<std::string, Digest256>;

struct Statement {
  StatementId id;
  CaseId case_id;
  bool is_drill = false;
  std::string verb;
  std::string body;  ///< Canonical JSON of an object.
  StatementDigests digests;
  UtcSeconds time;  ///< By the signer's clock: a claim.
  std::optional<UtcSeconds> expires;
  MerkleHead basis;  ///< The last head that the signer checked.

  /// The body as a tree; `invalid_input` when it is no object.
  [[nodiscard]] Result<Json> body_json() const;
};

/// True for `note`, `role.give`: words of a-z, 0-9, '_' joined by dots, at most 64 characters.
bool is_statement_verb(std::string_view text) noexcept;

/// Canonical JSON: the bytes that are signed, namespace casebook-statement@v1.
std::string format_statement(const Statement& statement);
/// @return `invalid_input` for anything that format_statement() does not write.
Result<Statement> parse_statement(std::string_view text);

/// A statement as it lies in a record.
struct SignedStatement {
  std::string text;
  std::vector<std::string> signatures;  ///< Armored, 1 to kStatementSignaturesMax.
};

/// @return `limit_exceeded` when the text would be too long, or the error of the signer.
Result<SignedStatement> sign_statement(const Statement& statement, Signer& signer);
/// Adds one more signature over the same text. @return `invalid_input` when this key signed
/// already.
Status cosign_statement(SignedStatement& statement, Signer& signer);
/// Takes a signature that was made elsewhere. @return `invalid_input` unless it is good.
Status add_statement_signature(SignedStatement& statement, std::string_view armored);

/// The keys that signed. @return `invalid_input` when one of the signatures is not good, when a key
/// signed twice, or when there is none: then nobody said it.
Result<std::vector<SshPublicKey>> statement_signers(const SignedStatement& statement);

/// What stands against appending a statement; the names are those of docs/spec/statement.md.
enum class StatementFinding {
  foreign_case,
  other_drill,
  repeated,
  expired,
  foreign_basis,
};
/// The enumerator's own name.
std::string_view to_string(StatementFinding finding) noexcept;

/// What is known of the ledger before the entry in question.
struct StatementPlace {
  CaseId case_id;
  bool is_drill = false;
  UtcSeconds received_at;
  bool is_id_taken = false;
  /// The root of the first `basis.count` entries; nothing when there are fewer before this one.
  std::optional<Digest256> root_at_basis;
};
/// Pure. In the order of the list above.
std::vector<StatementFinding> check_statement(const Statement& statement,
                                              const StatementPlace& place);

}  // namespace casebook
