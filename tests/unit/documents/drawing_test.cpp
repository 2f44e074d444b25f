// Timelines and charts as shapes: docs/spec/document.md 2.
#include "reports/document/drawing.h"

#include <gmock/gmock.h>

#include "reports/document/html_text.h"
#include "tests/support/random_document.h"

namespace casebook::documents {
namespace {

using testing::HasSubstr;

/// The smallest box around everything but the text, whose width only a font knows.
void expect_inside(const Drawing& drawing) {
  const auto inside = [&](Length x, Length y) {
    EXPECT_GE(x, 0);
    EXPECT_LE(x, drawing.width);
    EXPECT_GE(y, 0);
    EXPECT_LE(y, drawing.height);
  };
  for (const Shape& shape : drawing.shapes) {
    std::visit(Match{[&](const DrawnLine& line) {
                       inside(line.x1, line.y1);
                       inside(line.x2, line.y2);
                     },
                     [&](const DrawnBox& box) {
                       inside(box.x, box.y);
                       inside(box.x + box.width, box.y + box.height);
                     },
                     [&](const DrawnDisc& disc) {
                       inside(disc.x - disc.radius, disc.y - disc.radius);
                       inside(disc.x + disc.radius, disc.y + disc.radius);
                     },
                     [&](const DrawnText& text) { inside(text.x, text.y); }},
               shape);
  }
}

TEST(Drawings, StayInTheirBoxAndOnAPage) {
  int seen = 0;
  for (unsigned seed = 1; seed <= 100; ++seed) {
    for (const Block& block : RandomDocument(seed).make().blocks) {
      Drawing drawing;
      if (const auto* timeline = std::get_if<Timeline>(&block)) drawing = draw_timeline(*timeline);
      if (const auto* bars = std::get_if<Bars>(&block)) drawing = draw_bars(*bars);
      if (drawing.shapes.empty()) continue;
      expect_inside(drawing);
      EXPECT_LE(drawing.height, 712'00);
      ++seen;
    }
  }
  EXPECT_GT(seen, 20);
}

TEST(Drawings, TakeTheLargestAllowedOnOnePage) {
  Timeline timeline{"c", "a", std::vector<std::string>(8, "lane"), {}};
  for (int i = 0; i < 60; ++i) timeline.events.push_back({sample_time(), i % 8, "x", true});
  expect_inside(draw_timeline(timeline));
  EXPECT_LE(draw_timeline(timeline).height, 712'00);
  const Bars bars{"c", "a", "", std::vector<Bar>(40, {"b", (std::int64_t{1} << 53U) - 1})};
  expect_inside(draw_bars(bars));
  EXPECT_LE(draw_bars(bars).height, 712'00);
}

TEST(Drawings, PutEventsOfOneMomentBelowEachOther) {
  const Timeline timeline{"c",
                          "a",
                          {"lane"},
                          {{sample_time(), 0, "x", false},
                           {sample_time(), 0, "y", false},
                           {sample_time(60), 0, "z", false}}};
  std::vector<std::pair<Length, Length>> discs;
  for (const Shape& shape : draw_timeline(timeline).shapes) {
    if (const auto* disc = std::get_if<DrawnDisc>(&shape)) discs.emplace_back(disc->x, disc->y);
  }
  ASSERT_EQ(discs.size(), 3U);
  EXPECT_EQ(discs[0].first, discs[1].first);
  EXPECT_GE(discs[1].second - discs[0].second, 2 * 6'50);
  EXPECT_GT(discs[2].first, discs[1].first);
}

TEST(Drawings, BecomeSvgWithoutLocaleOrMarkupOfOthers) {
  const std::string svg = svg_of(draw_bars({"c", "a", "", {{"<b>&", 3}}}), "<t>", "\"d\"", "f1");
  EXPECT_THAT(svg, HasSubstr("<title id=\"f1t\">&lt;t&gt;</title>"));
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt;&amp;</text>"));
  EXPECT_THAT(svg, HasSubstr("viewBox=\"0 0 481 18\""));
}

TEST(Drawings, AreTablesOnceMore) {
  const Timeline timeline{"c", "a", {"lane"}, {{sample_time(), 0, "x", false}}};
  EXPECT_EQ(table_of(timeline, Language::en).columns.size(), 4U) << "no anchors, no such column";
  EXPECT_EQ(joined_text(table_of(timeline, Language::en).rows[0][1]), "2026-11-21T02:00:00Z");
  EXPECT_EQ(table_of(Bars{"c", "a", "personen", {{"b", 1}}}, Language::nl).columns[1].name,
            "Waarde (personen)");
}

}  // namespace
}  // namespace casebook::documents
