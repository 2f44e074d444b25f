#include <gtest/gtest.h>

#include "vault/erasure.h"

namespace casebook::vault {
namespace {

// RT-25: claimed too early, "destroyed" is a lie that a restored backup shows.
TEST(ErasureReport, RT25IsLogicalUntilNoOlderCopyIsLeft) {
  ErasureFacts facts{.erased_in_generation = 2,
                     .current_generation = 2,
                     .leftover_files = {"legal.db.next"},
                     .backups = {{.name = "monday", .generation = 1},
                                 {.name = "late", .generation = 2, .is_made_after_erasure = true}}};
  auto report = erasure_report(facts);
  EXPECT_EQ(report.standing, ErasureStanding::logical);
  EXPECT_EQ(report.survivors.size(), 3U);
  facts.current_generation = 3;
  facts.leftover_files.clear();
  report = erasure_report(facts);
  EXPECT_EQ(report.standing, ErasureStanding::logical);
  ASSERT_EQ(report.survivors.size(), 1U);
  EXPECT_NE(report.survivors[0].find("monday"), std::string::npos);
  facts.backups[0].is_destroyed = true;
  report = erasure_report(facts);
  EXPECT_EQ(to_string(report.standing), "destroyed");
  EXPECT_TRUE(report.survivors.empty());
  EXPECT_FALSE(report.limits.empty());
  facts.attachments_remain = true;
  EXPECT_EQ(to_string(erasure_report(facts).standing), "logical");
}

}  // namespace
}  // namespace casebook::vault
