/// Hand-over: the giver's statement, signed by the giver and by whoever receives.

#include <nlohmann/json.hpp>

#include "core/custody_check.h"
#include "core/json_text.h"
#include "core/ssh_signature.h"

namespace casebook {
namespace {

constexpr std::string_view kFormat = "casebook-receipt/1";
constexpr std::size_t kBytesMax = std::size_t{128} << 10U;

Error invalid(const char* why) {
  return Error{ErrorCode::invalid_input, std::string("receipt: ") + why};
}

/// The fingerprint of whoever signed `text`, or nothing when the signature is not good.
Result<std::optional<std::string>> signer_of(std::string_view text, std::string_view signature) {
  auto key = key_of_ssh_signature(signature);
  if (!key) return std::optional<std::string>();
  auto checked = verify_ssh_signature(
      {.name_space = kStatementNamespace, .keys = std::span(&*key, 1)}, as_bytes(text), signature);
  if (!checked) return std::move(checked).error();
  if (!checked->good()) return std::optional<std::string>();
  auto fingerprint = key->fingerprint();
  if (!fingerprint) return std::move(fingerprint).error();
  return std::optional(*std::move(fingerprint));
}

Result<CustodyReceipt> parse_members(const Json& object) {
  auto known =
      json_only_members(object, {"format", "giver_signature", "receiver_signature", "statement"});
  if (!known) return std::move(known).error();
  auto format = json_text_member(object, "format");
  if (!format) return std::move(format).error();
  if (*format != kFormat) return invalid("another format or version");
  auto text = json_text_member(object, "statement");
  if (!text) return std::move(text).error();
  auto statement = parse_custody_statement(*text);
  if (!statement) return std::move(statement).error();
  if (statement->kind != CustodyKind::given) return invalid("the statement is no hand-over");
  auto giver = json_text_member(object, "giver_signature");
  if (!giver) return std::move(giver).error();
  CustodyReceipt receipt{*std::move(statement), *std::move(text), *std::move(giver), {}};
  auto receiver = json_member(object, "receiver_signature");
  if (!receiver) return std::move(receiver).error();
  if ((*receiver)->is_null()) return receipt;
  auto signature = json_text_member(object, "receiver_signature");
  if (!signature) return std::move(signature).error();
  receipt.receiver_signature = *std::move(signature);
  return receipt;
}

}  // namespace

Result<CustodyReceipt> make_offer(const CustodyEvent& event) {
  if (event.statement.kind != CustodyKind::given || event.signatures.size() != 1) {
    return invalid("only a signed hand-over can be offered");
  }
  return CustodyReceipt{event.statement, event.statement_text, event.signatures.front(), {}};
}

Result<CustodyReceipt> sign_for(CustodyReceipt offer, Signer& receiver) {
  auto giver = signer_of(offer.statement_text, offer.giver_signature);
  if (!giver) return std::move(giver).error();
  if (!*giver || **giver != offer.statement.key) {
    return Error{ErrorCode::corrupt, "receipt: not signed by the giver that it names"};
  }
  auto own = receiver.public_key().fingerprint();
  if (!own) return std::move(own).error();
  if (*own == offer.statement.key) return invalid("nobody hands over to himself");
  if (offer.statement.to && *offer.statement.to != *own) return invalid("it is for somebody else");
  auto signature =
      make_ssh_signature(receiver, kStatementNamespace, as_bytes(offer.statement_text));
  if (!signature) return std::move(signature).error().context("sign receipt");
  offer.receiver_signature = *std::move(signature);
  return offer;
}

std::string format_receipt(const CustodyReceipt& receipt) {
  const auto& receiver = receipt.receiver_signature;
  return canonical_json(Json{{"format", kFormat},
                             {"giver_signature", receipt.giver_signature},
                             {"receiver_signature", receiver ? Json(*receiver) : Json(nullptr)},
                             {"statement", receipt.statement_text}});
}

Result<CustodyReceipt> parse_receipt(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kBytesMax, .depth_max = 2});
  if (!object) return std::move(object).error().context("receipt");
  auto receipt = parse_members(*object);
  if (!receipt) return std::move(receipt).error().context("receipt");
  return receipt;
}

Result<ReceiptCheck> check_receipt(const CustodyReceipt& receipt) {
  ReceiptCheck check;
  auto giver = signer_of(receipt.statement_text, receipt.giver_signature);
  if (!giver) return std::move(giver).error();
  check.giver = (*giver).value_or("");
  if (receipt.receiver_signature) {
    auto receiver = signer_of(receipt.statement_text, *receipt.receiver_signature);
    if (!receiver) return std::move(receiver).error();
    check.receiver = (*receiver).value_or("");
  }
  const CustodyStatement& statement = receipt.statement;
  if (check.giver != statement.key) {
    check.reason = "not signed by the giver that it names";
  } else if (!receipt.receiver_signature) {
    check.reason = "not signed by a receiver yet";
  } else if (check.receiver.empty()) {
    check.reason = "the receiver's signature is not good";
  } else if (check.receiver == check.giver) {
    check.reason = "given and received by one key";
  } else if (statement.to && *statement.to != check.receiver) {
    check.reason = "received by another key than it was given to";
  }
  check.good = check.reason.empty();
  return check;
}

}  // namespace casebook
