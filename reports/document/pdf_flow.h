#pragma once
/// Puts strips below each other and breaks pages where the rules allow it
/// (docs/spec/document.md 6): what must stay together waits until it is complete, then takes its
/// place on this page or the next.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"

namespace casebook::documents {

class PdfCanvas;

/// Drawn again at the top of each page that a table goes on to.
struct RepeatedTop {
  double height = 0;
  std::function<void(double y)> draw;
};

/// Something as wide as the page that is never cut.
struct Strip {
  double before = 0;  ///< White space above it; none at the top of a page.
  double height = 0;
  bool keep_with_next = false;
  bool page_before = false;  ///< Begins a page.
  /// The tag of a text element. Strips with the same `leaf` are one element (one a page).
  std::string tag;
  int leaf = 0;
  std::shared_ptr<const RepeatedTop> top;
  std::function<void(double y)> draw;
};

class PdfFlow {
 public:
  struct Body {
    double top;
    double bottom;
  };
  /// @param furniture  draws what stands on each page, when the page is done.
  PdfFlow(PdfCanvas& canvas, Body body, std::function<void(int page)> furniture)
      : canvas_(canvas), body_(body), furniture_(std::move(furniture)), y_(body.top) {}

  void add(Strip strip);
  /// The next strip begins a page, and what is kept with it.
  void break_page();
  /// Ends the last page. @param end  is drawn on it last. @return the number of pages.
  int finish(const std::function<void()>& end);

  [[nodiscard]] int page() const { return page_; }
  [[nodiscard]] int new_leaf() { return ++leaves_; }
  [[nodiscard]] double height_max() const { return body_.bottom - body_.top; }

 private:
  void place();
  void put(const Strip& strip);
  void end_leaf();
  void next_page();

  PdfCanvas& canvas_;
  Body body_;
  std::function<void(int page)> furniture_;
  double y_;
  int page_ = 1;
  bool page_is_empty_ = true;
  bool page_wanted_ = false;
  std::vector<Strip> waiting_;
  double waiting_height_ = 0;
  int leaves_ = 0;
  int open_leaf_ = 0;
  std::string open_tag_;
};

}  // namespace casebook::documents
