#include "cli/role_handover.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/runbook_values.h"
#include "core/printable.h"

namespace casebook::cli {
namespace {

void show(CaseSession& session, const vault::Appended& at, const std::string& text) {
  Runtime& runtime = session.runtime();
  if (runtime.common.is_json) {
    print_json(runtime, {{"done", text}, {"entry", at.seq}, {"format", "casebook-said/1"}});
  } else {
    runtime.out << text << '\n';
  }
}

}  // namespace

ExitStatus offer_role(Runtime& runtime, const RoleWords& words) {
  Saying saying{.purpose = "handing a role over", .attempt = words.role};
  saying.body = [&](CaseSession& session) -> Result<workflow::RunbookBody> {
    auto person = session.find_person(words.person);
    if (!person) return std::move(person).error();
    return workflow::RunbookBody(workflow::HandoverOffer{words.role, *person});
  };
  return say_in_case(runtime, {}, saying, [&](CaseSession& session, const vault::Appended& at) {
    const std::uint64_t number = session.runbook().handovers.back().number;
    show(session, at,
         words.role + " is offered to " + words.person +
             "; you hold it until they accept: casebook sign " + std::to_string(number));
  });
}

ExitStatus name_deputy(Runtime& runtime, const RoleWords& words) {
  if (words.until.empty()) {
    return refuse_usage(runtime, {ErrorCode::invalid_input, "--deputy needs --until TIME",
                                  "stand-ins carry dates"});
  }
  Saying saying{.purpose = "naming a stand-in", .attempt = words.role};
  saying.body = [&](CaseSession& session) -> Result<workflow::RunbookBody> {
    auto person = session.find_person(words.person);
    if (!person) return std::move(person).error();
    auto from = read_moment(words.from, session.now());
    if (!from) return std::move(from).error().context("--from-time");
    auto until = read_moment(words.until, session.now());
    if (!until) return std::move(until).error().context("--until");
    return workflow::RunbookBody(workflow::DeputyName{words.role, *person, *from, *until});
  };
  return say_in_case(runtime, {}, saying, [&](CaseSession& session, const vault::Appended& at) {
    show(session, at,
         words.person + " stands in as " + words.role + " until " + words.until +
             " once they accept: casebook role " + words.role + " " + words.person + " --deputy");
  });
}

ExitStatus accept_deputy(Runtime& runtime, const RoleWords& words) {
  Saying saying{.purpose = "standing in", .attempt = words.role};
  saying.body = [&](CaseSession& session) -> Result<workflow::RunbookBody> {
    for (const workflow::Deputy& deputy : session.runbook().deputies) {
      if (deputy.role == words.role && deputy.person == session.me() && !deputy.accepted) {
        return workflow::RunbookBody(workflow::DeputyAccept{deputy.id});
      }
    }
    return Error{ErrorCode::not_found, "nobody named you as a stand-in for " + words.role,
                 "the holder does: casebook role ROLE PERSON --deputy --until TIME"};
  };
  return say_in_case(runtime, {}, saying, [&](CaseSession& session, const vault::Appended& at) {
    show(session, at, "you stand in as " + words.role);
  });
}

ExitStatus exclude_person(Runtime& runtime, const std::string& person) {
  Saying saying{.purpose = "keeping a person out", .attempt = "exclude"};
  saying.body = [&](CaseSession& session) -> Result<workflow::RunbookBody> {
    auto id = session.find_person(person);
    if (!id) id = PersonId::parse(person);
    if (!id) {
      return Error{ErrorCode::not_found, printable(person) + ": nobody of that name",
                   "of somebody outside the case give the id that the roster has"};
    }
    return workflow::RunbookBody(workflow::Exclude{*id});
  };
  return say_in_case(runtime, {}, saying, [&](CaseSession& session, const vault::Appended& at) {
    show(session, at, printable(person) + " is kept out of this case");
  });
}

}  // namespace casebook::cli
