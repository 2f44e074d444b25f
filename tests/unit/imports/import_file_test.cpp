#include "vault/imports/import_file.h"

#include <gmock/gmock.h>

#include "tests/support/import_recorder.h"
#include "tests/support/zip_builder.h"

namespace casebook::imports {
namespace {

std::string form_of(std::string_view text, std::string name = "") {
  MemoryAccess file(as_bytes(text));
  const auto form = recognise_import(file, {.file_name = std::move(name)});
  return form ? std::string(to_string(*form)) : "! " + form.error().message;
}

TEST(ImportFile, IsRecognisedByWhatItHolds) {
  EXPECT_EQ(form_of(make_zip({{.name = "users.json", .data = "[]"}})), "slack");
  EXPECT_EQ(form_of("From a@example.org Sat Nov 21 02:11:26 2026\n"), "mbox");
  EXPECT_EQ(form_of("Received: by x\n"), "eml");
  EXPECT_EQ(form_of("X-Odd: 1\n", "A.EML"), "eml");
  EXPECT_EQ(form_of("[2026-11-21 02:11] Ada: x"), "transcript");
  EXPECT_EQ(form_of(""), "transcript");
  EXPECT_EQ(form_of(std::string("\x7f"
                                "ELF\0\1",
                                6)),
            "! neither a Slack zip, mail nor UTF-8 text");
}

TEST(ImportFile, ReadsEachKind) {
  const std::string zip = make_zip({{.name = "users.json", .data = "[]"},
                                    {.name = "g/2026-11-21.json", .data = R"([{"ts":"1.1"}])"}});
  for (const std::string_view text :
       {std::string_view(zip), std::string_view("From a b 1:11\nSubject: x\n\ny\n"),
        std::string_view("Subject: x\n\ny\n"), std::string_view("02:11 <ada> x\n")}) {
    MemoryAccess file(as_bytes(text));
    ImportRecorder recorder;
    const auto summary = import_file(file, {}, recorder);
    ASSERT_TRUE(summary) << summary.error().message;
    EXPECT_EQ(summary->messages, 1U);
    EXPECT_EQ(recorder.messages.size(), 1U);
  }
  EXPECT_FALSE(parse_import_form("pst"));
  EXPECT_EQ(*parse_import_form("mbox"), ImportForm::mbox);
}

}  // namespace
}  // namespace casebook::imports
