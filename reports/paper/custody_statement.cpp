#include "reports/paper/custody_statement.h"

#include "reports/document/document_messages.h"

namespace casebook::papers {
namespace {

using namespace documents;

std::string archive_name(const PaperBag& bag) {
  return bag.encrypted ? "bag.tar.zst.age" : "bag.tar.zst";
}

class StatementWriter {
 public:
  explicit StatementWriter(const CustodyStatementInput& input)
      : input_(input), words_(document_messages(input.head.language)) {}

  Document run() {
    document_ = begin_paper(input_.head, words_.text("custody.title"));
    std::vector<Entry> facts;
    const auto fact = [&](const char* key, const std::string& value) {
      if (!value.empty()) facts.push_back({words_.text(key), plain(value)});
    };
    fact("paper.organisation", input_.organisation);
    fact("paper.case", input_.head.code_name);
    fact("custody.bags", std::to_string(input_.bags.size()));
    add(TitlePage{words_.text("custody.title"), words_.text("custody.subtitle"), facts});
    add(Notice{NoticeTone::legal, "", {plain(words_.text("custody.notice"))}});
    add(Contents{});
    shown();
    add(Heading{1, words_.text("custody.taken")});
    for (const PaperBag& bag : input_.bags) describe(bag);
    anchors();
    for (std::size_t i = 0; i < input_.bags.size(); ++i) {
      add(PageBreak{});  // What is typed stands on one page.
      if (i == 0) {
        add(Heading{1, words_.text("custody.check")});
        paragraph("custody.check_intro");
      }
      check_yourself(input_.bags[i]);
    }
    appendix();
    certification();
    return std::move(document_);
  }

 private:
  void add(Block block) { document_.blocks.push_back(std::move(block)); }
  void paragraph(std::string_view key) { add(Paragraph{plain(words_.text(key))}); }
  std::string word(std::string_view key) const { return words_.text(key); }

  void shown() {
    add(Heading{1, word("custody.shown")});
    paragraph("custody.shown_intro");
    List yes;
    // Without an anchor a bag could have been replaced by another that is sound in itself.
    const char* same = input_.anchors.empty() ? "custody.shown_sealed" : "custody.shown_same";
    for (const char* key : {same, "custody.shown_order", "custody.shown_who"}) {
      yes.items.push_back(plain(word(key)));
    }
    add(yes);
    add(Heading{2, word("custody.not_shown")});
    List no;
    for (const char* key : {"custody.not_host", "custody.not_all", "custody.not_clock",
                            "custody.not_copies", "custody.not_identity"}) {
      no.items.push_back(plain(word(key)));
    }
    add(no);
  }

  void describe(const PaperBag& bag) {
    add(Heading{2, bag.name + (bag.host.empty() ? "" : ": " + bag.host)});
    add(KeyValues{
        {{word("custody.bag_id"), code(bag.bag_id)},
         {word("custody.host"), plain(bag.host.empty() ? word("custody.no_host") : bag.host)},
         {word("custody.collected_by"), plain(bag.collected_by)},
         {word("custody.started"), plain(format_utc(bag.started_at))},
         {word("custody.sealed"), plain(format_utc(bag.sealed_at))},
         {word("custody.entries"), plain(std::to_string(bag.entries))},
         {word("custody.ticket"),
          plain(bag.ticket.empty() ? word("custody.no_ticket") : bag.ticket)},
         {word("custody.seal_code"), code(bag.seal_code)},
         {word("custody.seal_key"), code(bag.seal_key)},
         {word("custody.time_token"),
          plain(bag.time_token.empty() ? word("custody.no_token") : bag.time_token)}}});
    if (bag.exceptions.empty()) {
      paragraph("custody.no_exceptions");
    } else {
      paragraph("custody.exceptions");
      List list;
      for (const std::string& exception : bag.exceptions) list.items.push_back(plain(exception));
      add(list);
    }
    Table events{words_.text("custody.events", {{"bag", bag.name}}),
                 {{word("time_utc"), ColumnKind::time},
                  {word("custody.event"), ColumnKind::text},
                  {word("custody.person"), ColumnKind::text},
                  {word("custody.key"), ColumnKind::text},
                  {word("custody.why"), ColumnKind::text}},
                 {}};
    for (const PaperCustodyEvent& event : bag.custody) {
      const std::string why =
          event.place + (event.place.empty() || event.reason.empty() ? "" : "; ") + event.reason;
      events.rows.push_back({plain(format_utc(event.time)), plain(event.kind), plain(event.person),
                             event.key.empty() ? plain(word("custody.unsigned")) : code(event.key),
                             plain(why)});
    }
    add(events);
  }

  void anchors() {
    add(Heading{1, word("custody.anchors")});
    paragraph(input_.anchors.empty() ? "custody.no_anchors" : "custody.anchors_intro");
    if (input_.anchors.empty()) return;
    Table table{"",
                {{word("time_utc"), ColumnKind::time},
                 {word("custody.anchor_what"), ColumnKind::text},
                 {word("custody.anchor_kept"), ColumnKind::text}},
                {}};
    for (const PaperAnchor& anchor : input_.anchors) {
      table.rows.push_back(
          {plain(format_utc(anchor.time)), plain(anchor.what), plain(anchor.kept_by)});
    }
    add(table);
  }

  void check_yourself(const PaperBag& bag) {
    add(Heading{2, words_.text("custody.check_bag", {{"bag", bag.name}})});
    paragraph("custody.check_steps");
    add(CodeLines{stock_check_lines(bag)});
    List expected;
    expected.items.push_back(plain(word("custody.expect_sums")));
    expected.items.push_back(plain(word("custody.expect_signature")));
    expected.items.push_back(plain(word("custody.expect_content")));
    if (!bag.time_token.empty()) expected.items.push_back(plain(word("custody.expect_time")));
    if (bag.encrypted) expected.items.push_back(plain(word("custody.expect_key")));
    add(expected);
  }

  void appendix() {
    add(Heading{1, word("custody.appendix")});
    paragraph("custody.appendix_intro");
    Table outer{word("custody.appendix_files"),
                {{word("custody.bag"), ColumnKind::text},
                 {word("custody.file"), ColumnKind::text},
                 {"SHA-256", ColumnKind::hash}},
                {}};
    for (const PaperBag& bag : input_.bags) {
      outer.rows.push_back({plain(bag.name), code(archive_name(bag)), plain(bag.archive_sha256)});
      outer.rows.push_back({plain(bag.name), code("seal.json"), plain(bag.seal_sha256)});
      outer.rows.push_back({plain(bag.name), code("seal.json.sig"), plain(bag.signature_sha256)});
    }
    add(outer);
    for (const PaperBag& bag : input_.bags) {
      if (bag.exhibits.empty()) continue;
      Table inner{words_.text("custody.appendix_exhibits", {{"bag", bag.name}}),
                  {{word("custody.path"), ColumnKind::text},
                   {word("custody.size"), ColumnKind::number},
                   {"SHA-256", ColumnKind::hash}},
                  {}};
      for (const PaperExhibit& exhibit : bag.exhibits) {
        inner.rows.push_back(
            {code(exhibit.path), plain(std::to_string(exhibit.size_bytes)), plain(exhibit.sha256)});
      }
      add(inner);
    }
  }

  void certification() {
    add(PageBreak{});
    add(Heading{1, word("custody.certification")});
    add(Notice{NoticeTone::warning, "", {plain(word("custody.certification_notice"))}});
    const std::string name =
        input_.declarant.empty() ? word("custody.name_blank") : input_.declarant;
    const std::string role =
        input_.declarant_role.empty() ? word("custody.role_blank") : input_.declarant_role;
    add(Paragraph{plain(words_.text("custody.certify_who", {{"name", name}, {"role", role}}))});
    List points{true, {}};
    for (const char* key : {"custody.certify_process", "custody.certify_digest",
                            "custody.certify_custody", "custody.certify_limits"}) {
      points.items.push_back(plain(word(key)));
    }
    add(points);
    add(KeyValues{{{word("custody.sign_place"), plain("")},
                   {word("custody.sign_date"), plain("")},
                   {word("custody.sign_name"), plain("")}}});
  }

  const CustodyStatementInput& input_;
  const Messages& words_;
  Document document_;
};

}  // namespace

std::vector<std::string> stock_check_lines(const PaperBag& bag) {
  std::vector<std::string> lines{
      "sha256sum seal.json seal.json.sig " + archive_name(bag),
      "echo \"bag namespaces=\\\"casebook-seal@v1\\\" $(jq -r .seal_key seal.json)\" \\",
      "  > allowed",
      "ssh-keygen -Y verify -f allowed -I bag -n casebook-seal@v1 \\",
      "  -s seal.json.sig < seal.json",
      "jq -r '.file.sha256 + \" *\" + .file.name' seal.json | sha256sum -c",
  };
  if (!bag.time_token.empty()) {
    lines.insert(lines.end(), {"openssl ts -verify -in seal.json.sig.tsr \\",
                               "  -data seal.json.sig -CAfile AUTHORITY.pem"});
  }
  lines.emplace_back("mkdir opened");
  if (bag.encrypted) {
    lines.insert(lines.end(), {"age -d -i IDENTITY bag.tar.zst.age > bag.tar.zst",
                               "zstd -d -q -c bag.tar.zst | tar -x -C opened"});
  } else {
    lines.emplace_back("zstd -d -q -c bag.tar.zst | tar -x -C opened");
  }
  lines.insert(
      lines.end(),
      {"jq -r '.tagmanifest_sha256 + \" *tagmanifest-sha256.txt\"' \\",
       "  seal.json > opened/" + bag.bag_id + "/sum", "cd opened/" + bag.bag_id, "sha256sum -c sum",
       "sha256sum -c --quiet tagmanifest-sha256.txt", "sha256sum -c --quiet manifest-sha256.txt"});
  return lines;
}

Document custody_statement(const CustodyStatementInput& input) {
  return StatementWriter(input).run();
}

}  // namespace casebook::papers
