#include "reports/document/pdf_flow.h"

#include "reports/document/pdf_canvas.h"

namespace casebook::documents {
namespace {

constexpr double kTolerance = 0.01;  // Sums of heights are not exact.

}  // namespace

void PdfFlow::add(Strip strip) {
  if (page_wanted_) {
    strip.page_before = true;
    page_wanted_ = false;
  }
  const bool complete = !strip.keep_with_next;
  waiting_height_ += strip.before + strip.height;
  waiting_.push_back(std::move(strip));
  // What is higher than a page cannot be kept together: it is broken where the page ends.
  if (complete || waiting_height_ > height_max()) place();
}

void PdfFlow::break_page() {
  if (waiting_.empty()) {
    page_wanted_ = true;
  } else {
    waiting_.front().page_before = true;  // A heading goes along with what it heads.
  }
}

int PdfFlow::finish(const std::function<void()>& end) {
  place();
  end_leaf();
  furniture_(page_);
  end();
  canvas_.next_page();
  return page_;
}

void PdfFlow::place() {
  if (waiting_.empty()) return;
  const Strip& first = waiting_.front();
  const double needed = waiting_height_ - (page_is_empty_ ? first.before : 0);
  if (!page_is_empty_ && (first.page_before || y_ + needed > body_.bottom + kTolerance))
    next_page();
  for (const Strip& strip : waiting_) put(strip);
  waiting_.clear();
  waiting_height_ = 0;
}

void PdfFlow::put(const Strip& strip) {
  if (!page_is_empty_ && y_ + strip.before + strip.height > body_.bottom + kTolerance) next_page();
  if (page_is_empty_ && strip.top && strip.height > 0) {
    end_leaf();
    strip.top->draw(y_);
    y_ += strip.top->height;
  } else if (!page_is_empty_) {
    y_ += strip.before;
  }
  if (strip.leaf != open_leaf_ || strip.leaf == 0) end_leaf();
  if (strip.leaf != 0 && open_leaf_ == 0) {
    canvas_.begin_tag(strip.tag);
    open_leaf_ = strip.leaf;
    open_tag_ = strip.tag;
  }
  if (strip.draw) strip.draw(y_);
  y_ += strip.height;
  if (strip.height > 0) page_is_empty_ = false;
}

void PdfFlow::end_leaf() {
  if (open_leaf_ != 0) canvas_.end_tag(open_tag_);
  open_leaf_ = 0;
}

void PdfFlow::next_page() {
  end_leaf();
  furniture_(page_);
  canvas_.next_page();
  ++page_;
  y_ = body_.top;
  page_is_empty_ = true;
}

}  // namespace casebook::documents
