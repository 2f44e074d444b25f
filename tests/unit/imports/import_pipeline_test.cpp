#include "vault/imports/import_pipeline.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/import_recorder.h"

namespace casebook::imports {
namespace {

std::string chat(int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) {
    text += "[2026-11-21 02:11] Ada: line " + std::to_string(i) + "\n";
  }
  return text;
}

struct Stopping final : ImportRecorder {
  using ImportRecorder::take;
  Status take(const Message& message) override {
    if (messages.size() == 10) return Error{ErrorCode::io, "disk full"};
    return ImportRecorder::take(message);
  }
};

TEST(ImportPipeline, GivesTheSameInTheSameOrder) {
  for (const int lines : {0, 1, 7, 8, 9, 1000}) {
    const std::string text = chat(lines);
    MemoryAccess file(as_bytes(text));
    ImportRecorder direct;
    ImportRecorder queued;
    const auto first = import_file(file, {}, direct);
    const auto second =
        import_on_two_threads(file, {}, queued, {.batch_messages = 4, .batches_max = 2});
    ASSERT_TRUE(first);
    ASSERT_TRUE(second);
    EXPECT_EQ(first->messages, second->messages);
    ASSERT_EQ(direct.messages.size(), queued.messages.size());
    for (std::size_t i = 0; i < direct.messages.size(); ++i) {
      EXPECT_EQ(direct.messages[i].text, queued.messages[i].text);
      EXPECT_EQ(to_hex(*import_key(direct.messages[i])), to_hex(*import_key(queued.messages[i])));
    }
  }
}

TEST(ImportPipeline, StopsReadingWhenStoringFails) {
  const std::string text = chat(5000);
  MemoryAccess file(as_bytes(text));
  Stopping sink;
  const auto summary =
      import_on_two_threads(file, {}, sink, {.batch_messages = 4, .batches_max = 2});
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().message, "disk full");
  EXPECT_EQ(sink.messages.size(), 10U);
}

/// Prepares the texts on the reading thread and keeps them on the caller's.
struct InTwoSteps final : PreparingSink {
  struct Text final : Prepared {
    std::string text;
  };
  Result<std::unique_ptr<Prepared>> prepare(const Message& message) override {
    EXPECT_NE(std::this_thread::get_id(), caller);
    if (prepared++ == refused_at) return Error{ErrorCode::io, "no randomness"};
    auto text = std::make_unique<Text>();
    text->text = message.text;
    return std::unique_ptr<Prepared>(std::move(text));
  }
  Status take_prepared(std::unique_ptr<Prepared> one) override {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    texts.push_back(static_cast<Text&>(*one).text);
    return ok();
  }
  using PreparingSink::take;
  Status take(const BadRecord& /*bad*/) override { return ok(); }
  Status take_unread(std::string_view /*member*/) override { return ok(); }

  std::thread::id caller = std::this_thread::get_id();
  int prepared = 0;
  int refused_at = -1;
  std::vector<std::string> texts;
};

TEST(ImportPipeline, PreparesOnTheReadingThreadInTheSameOrder) {
  const std::string text = chat(1000);
  MemoryAccess file(as_bytes(text));
  ImportRecorder direct;
  ASSERT_TRUE(import_file(file, {}, direct));
  InTwoSteps sink;
  ASSERT_TRUE(import_on_two_threads(file, {}, sink, {.batch_messages = 4, .batches_max = 2}));
  ASSERT_EQ(sink.texts.size(), direct.messages.size());
  for (std::size_t i = 0; i < sink.texts.size(); ++i) {
    EXPECT_EQ(sink.texts[i], direct.messages[i].text);
  }
}

TEST(ImportPipeline, TellsWhatPreparingRefused) {
  const std::string text = chat(1000);
  MemoryAccess file(as_bytes(text));
  InTwoSteps sink;
  sink.refused_at = 500;
  const auto summary = import_on_two_threads(file, {}, sink, {.batch_messages = 4});
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().message, "no randomness");
  EXPECT_LE(sink.texts.size(), 500U);
}

TEST(ImportPipeline, TellsWhatTheReaderRefused) {
  const std::string text = "PK\x03\x04 no zip";
  MemoryAccess file(as_bytes(text));
  ImportRecorder sink;
  const auto summary = import_on_two_threads(file, {}, sink);
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, ErrorCode::invalid_input);
}

}  // namespace
}  // namespace casebook::imports
