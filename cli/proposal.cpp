#include "cli/proposal.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_members.h"

namespace casebook::cli {
namespace {

constexpr std::string_view kFormat = "casebook-proposal/1";
constexpr std::size_t kProposalBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kTextsMax = 16;

Result<vault::ItemVersion> parse_item(const Json& object) {
  JsonMembers members(object);
  members.only({"author", "id", "kind", "received", "salt", "text"});
  auto id = vault::ItemId::parse(members.text("id"));
  if (!id) members.refuse("\"id\" is none");
  const std::string kind = members.text("kind");
  const std::string author = members.text("author");
  const UtcSeconds received = members.time("received");
  const std::string text = members.text("text");
  const auto salt_bytes = from_hex(members.text("salt"));
  vault::ItemLeaf leaf;
  if (!salt_bytes || salt_bytes->size() != leaf.salt.size()) members.refuse("\"salt\" is none");
  if (members.failed()) return members.error();
  std::ranges::copy(*salt_bytes, leaf.salt.begin());
  vault::ItemVersion item{.id = *id, .kind = kind, .author = author, .received = received};
  item.text.body = text;
  auto commit = vault::item_leaf(leaf.salt, item);
  if (!commit) return std::move(commit).error();
  leaf.commit = *commit;
  item.leaf = leaf;
  return item;
}

}  // namespace

std::string format_proposal(const Proposal& proposal) {
  Json texts = Json::array();
  for (const vault::ItemVersion& item : proposal.items) {
    texts.push_back({{"author", item.author},
                     {"id", item.id.text()},
                     {"kind", item.kind},
                     {"received", format_utc(item.received)},
                     {"salt", to_hex(item.leaf->salt)},
                     {"text", item.text.body}});
  }
  return canonical_json(Json{{"format", kFormat},
                             {"signatures", proposal.statement.signatures},
                             {"statement", proposal.statement.text},
                             {"texts", std::move(texts)}});
}

Result<Proposal> parse_proposal(std::string_view text) {
  auto object = parse_canonical_json(text, {.size_bytes_max = kProposalBytesMax, .depth_max = 4});
  if (!object) return std::move(object).error().context("proposal");
  JsonMembers members(*object);
  members.only({"format", "signatures", "statement", "texts"});
  if (members.text("format") != kFormat) members.refuse("another format or version");
  Proposal proposal;
  proposal.statement.text = members.text("statement", kStatementBytesMax);
  proposal.statement.signatures = members.texts("signatures", kStatementSignaturesMax);
  const Json* texts = members.array("texts", kTextsMax);
  if (members.failed()) return Error(members.error()).context("proposal");
  for (const Json& entry : *texts) {
    auto item = parse_item(entry);
    if (!item) return std::move(item).error().context("proposal");
    proposal.items.push_back(*std::move(item));
  }
  auto statement = parse_statement(proposal.statement.text);
  if (!statement) return std::move(statement).error().context("proposal");
  if (auto signers = statement_signers(proposal.statement); !signers) {
    return std::move(signers).error().context("proposal");
  }
  if (auto fits = check_items(*statement, proposal.items); !fits) {
    return std::move(fits).error().context("proposal");
  }
  return proposal;
}

Result<Draft> draft_statement(const DraftPlace& place, const SaidBody& said,
                              const std::vector<ProposedText>& texts,
                              const StatementDigests& digests, Randomness& randomness) {
  auto id = StatementId::make(randomness);
  if (!id) return std::move(id).error();
  Draft draft{{*id,
               place.case_id,
               place.is_drill,
               said.verb,
               said.body,
               digests,
               place.now,
               {},
               place.basis},
              {}};
  for (const ProposedText& text : texts) {
    auto item = text_item(text, place.author.text(), place.now, randomness);
    if (!item) return std::move(item).error();
    draft.statement.digests.emplace(text.digest_name, item->leaf->commit);
    draft.items.push_back(*std::move(item));
  }
  return draft;
}

Result<Draft> draft_skeleton(const DraftPlace& place, const workflow::Body& body,
                             const std::vector<ProposedText>& texts, Randomness& randomness) {
  return draft_statement(place, {std::string(verb_of(body)), format_body(body)}, texts, {},
                         randomness);
}

Result<std::vector<vault::ItemVersion>> skeleton_items(const Proposal& proposal,
                                                       const DraftPlace& place, std::uint64_t seq,
                                                       Randomness& randomness) {
  auto id = vault::ItemId::make(randomness);
  if (!id) return std::move(id).error();
  vault::ItemVersion mark{.id = *id,
                          .kind = std::string(kSkeletonKind),
                          .author = place.author.text(),
                          .received = place.now};
  mark.text.fields = canonical_json(Json{{"seq", seq}});
  std::vector<vault::ItemVersion> items = proposal.items;
  items.push_back(std::move(mark));
  return items;
}

Result<vault::Appended> append_skeleton(vault::CaseWriter& writer, vault::Compartment& general,
                                        const Proposal& proposal, const DraftPlace& place,
                                        Randomness& randomness) {
  auto items = skeleton_items(proposal, place, writer.basis().count, randomness);
  if (!items) return std::move(items).error();
  return writer.append(general, {proposal.statement, {.items = *items}}, place.now);
}

Result<vault::ItemVersion> text_item(const ProposedText& text, const std::string& author,
                                     UtcSeconds now, Randomness& randomness) {
  auto id = vault::ItemId::make(randomness);
  if (!id) return std::move(id).error();
  auto salt = make_salt(randomness);
  if (!salt) return std::move(salt).error();
  vault::ItemVersion item{.id = *id, .kind = text.kind, .author = author, .received = now};
  item.text.body = text.text;
  auto commit = vault::item_leaf(*salt, item);
  if (!commit) return std::move(commit).error();
  item.leaf = vault::ItemLeaf{*salt, *commit};
  return item;
}

Status check_items(const Statement& statement, std::span<const vault::ItemVersion> items) {
  for (const vault::ItemVersion& item : items) {
    const bool is_named =
        item.leaf && std::ranges::any_of(statement.digests, [&](const auto& named) {
          return named.second == item.leaf->commit;
        });
    if (!is_named) {
      return Error{ErrorCode::invalid_input, "a text that the statement does not commit to"};
    }
    auto commit = vault::item_leaf(item.leaf->salt, item);
    if (!commit) return std::move(commit).error();
    if (*commit != item.leaf->commit) {
      return Error{ErrorCode::corrupt, "a text that is not what was committed to"};
    }
  }
  return ok();
}

}  // namespace casebook::cli
