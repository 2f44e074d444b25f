#include "reports/document/html_text.h"

#include <array>
#include <cstdio>

#include "reports/document/visible_text.h"

namespace casebook::documents {
namespace {

void append_markup_safe(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

/// Hundredths as "12.34", without locale and without needless zeros.
std::string number(Length value) {
  std::string text = std::to_string(value / 100);
  const int rest = value % 100;
  if (rest != 0) {
    text += '.';
    text += static_cast<char>('0' + rest / 10);
    if (rest % 10 != 0) text += static_cast<char>('0' + rest % 10);
  }
  return text;
}

std::string color(Ink ink) {
  const Rgb rgb = color_of(ink);
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "#%02x%02x%02x", static_cast<unsigned>(rgb.red & 0xFF),
                static_cast<unsigned>(rgb.green & 0xFF), static_cast<unsigned>(rgb.blue & 0xFF));
  return text.data();
}

class SvgShapes {
 public:
  explicit SvgShapes(std::string& out) : out_(out) {}

  void operator()(const DrawnLine& line) {
    out_ += "<line";
    attributes({{"x1", line.x1}, {"y1", line.y1}, {"x2", line.x2}, {"y2", line.y2}});
    attributes({{"stroke-width", line.width}});
    out_ += " stroke=\"" + color(line.ink) + "\"";
    if (line.dashed) out_ += " stroke-dasharray=\"4 3\"";
    out_ += "/>\n";
  }
  void operator()(const DrawnBox& box) {
    out_ += "<rect";
    attributes({{"x", box.x}, {"y", box.y}, {"width", box.width}, {"height", box.height}});
    fill(box.ink);
    out_ += "/>\n";
  }
  void operator()(const DrawnDisc& disc) {
    out_ += "<circle";
    attributes({{"cx", disc.x}, {"cy", disc.y}, {"r", disc.radius}});
    fill(disc.ink);
    out_ += "/>\n";
  }
  void operator()(const DrawnText& text) {
    out_ += "<text";
    attributes({{"x", text.x}, {"y", text.y}, {"font-size", text.size}});
    fill(text.ink);
    if (text.anchor != TextAnchor::start)
      out_ +=
          text.anchor == TextAnchor::middle ? " text-anchor=\"middle\"" : " text-anchor=\"end\"";
    if (text.strong) out_ += " font-weight=\"bold\"";
    out_ += ">";
    append_escaped(out_, text.text);
    out_ += "</text>\n";
  }

 private:
  void attributes(std::initializer_list<std::pair<const char*, Length>> all) {
    for (const auto& [name, value] : all) {
      out_ += std::string(" ") + name + "=\"" + number(value) + "\"";
    }
  }
  void fill(Ink ink) { out_ += " fill=\"" + color(ink) + "\""; }

  std::string& out_;
};

}  // namespace

void append_escaped(std::string& out, std::string_view text, bool mark_hidden) {
  for_visible_parts(text, [&](std::string_view part, bool hidden) {
    if (hidden && mark_hidden) out += "<span class=\"hidden\">";
    append_markup_safe(out, part);
    if (hidden && mark_hidden) out += "</span>";
  });
}

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

std::string svg_of(const Drawing& drawing, std::string_view title, std::string_view description,
                   std::string_view id) {
  const std::string name(id);
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " +
                    number(drawing.width) + " " + number(drawing.height) +
                    "\" role=\"img\" aria-labelledby=\"" + name + "t " + name + "d\">\n";
  out += "<title id=\"" + name + "t\">" + escaped(title) + "</title>\n";
  out += "<desc id=\"" + name + "d\">" + escaped(description) + "</desc>\n";
  SvgShapes shapes(out);
  for (const Shape& shape : drawing.shapes) std::visit(shapes, shape);
  out += "</svg>\n";
  return out;
}

}  // namespace casebook::documents
