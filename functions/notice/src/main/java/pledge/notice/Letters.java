package pledge.notice;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import pledge.policy.Category;
import pledge.policy.Controller;
import pledge.policy.PublicDocument;
import pledge.policy.RetentionPeriod;
import pledge.privacy.Erasure;
import pledge.privacy.ErasureNotice;
import pledge.privacy.HoldNotice;
import pledge.privacy.IncidentEntry;
import pledge.privacy.IncidentNotice;
import pledge.privacy.MailedRequest;
import pledge.privacy.StaffAccessNotice;
import pledge.processor.Mail;
import pledge.subject.Notice;
import pledge.subject.Notices.Addressee;

/** What our mails say. Every link begins with the one configured address. */
final class Letters {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final String baseUrl;

  Letters(String baseUrl) {
    this.baseUrl = baseUrl;
  }

  Mail write(Notice notice, Addressee addressee) {
    return switch (notice.about()) {
      case CONFIRM_ADDRESS ->
          addressee.hasAccount()
              ? letter(
                  addressee,
                  "You have an account already",
                  "Somebody, probably you, signed up with this address. It has an account"
                      + " already: sign in here.",
                  baseUrl + "/",
                  "If it was not you, there is nothing to do: nothing was changed.")
              : letter(
                  addressee,
                  "Confirm your address",
                  "Somebody, probably you, signed up with this address. To open the account,"
                      + " confirm it within 24 hours, with the password of that sign-up.",
                  // Behind the # a browser keeps it to itself: no server's log sees the token.
                  baseUrl + "/confirm#" + notice.values(),
                  "If it was not you, there is nothing to do: without the link there is no account,"
                      + " and what was typed in is deleted after 24 hours.");
      case INCIDENT -> incident(addressee, IncidentNotice.of(notice.values()));
      case POLICY_CHANGE -> policyChange(addressee, notice.values().split("#", 2));
      case COPY_READY ->
          letter(
              addressee,
              "The copy of your data is ready",
              "You asked for a copy of all that we hold about you. Sign in here to download it,"
                  + " until "
                  + TIME.format(Instant.parse(notice.values()))
                  + ".",
              baseUrl + "/",
              "After that it is deleted, and you can ask for another. If it was not you who asked,"
                  + " write to "
                  + Controller.EMAIL
                  + ".");
      case CONFIRM_ERASURE ->
          confirmErasure(addressee, notice.queuedAt(), MailedRequest.of(notice.values()));
      case CONFIRM_EXPORT -> confirmExport(addressee, MailedRequest.of(notice.values()));
      case ERASURE_ASKED ->
          erasureAsked(addressee, notice.queuedAt(), Instant.parse(notice.values()));
      case MINOR_REPORTED ->
          letter(
              addressee,
              "Your account is deleted: you must be 18",
              "We were told that this account is used by somebody under 18. Our service is for"
                  + " adults, so we delete the account and all that belongs to it now. That cannot"
                  + " be taken back. What we promise, and why, stands here:",
              baseUrl + "/privacy",
              "If that was a mistake, write to "
                  + Controller.EMAIL
                  + ": you can open a new account at any time.");
      case ERASURE_BEGINS -> erasureBegins(addressee, ErasureNotice.of(notice.values()));
      case LEGAL_HOLD_BEGINS -> holdBegins(addressee, HoldNotice.of(notice.values()));
      case LEGAL_HOLD_ENDS -> holdEnds(addressee, HoldNotice.of(notice.values()));
      case STAFF_ACCESS -> staffAccess(addressee, StaffAccessNotice.of(notice.values()));
      case PAYMENT_FAILED -> paymentFailed(addressee, notice.values().split(" ", 2));
      case ASSISTANT_SUSPENDED ->
          letter(
              addressee,
              "Your assistant is suspended",
              "What is owed for your assistant since "
                  + TIME.format(Instant.parse(notice.values()))
                  + " could not be charged, so it is suspended: it answers nobody, and keeps all"
                  + " that it has. As soon as you pay, it goes on. Sign in here to pay, or to use"
                  + " another card:",
              baseUrl + "/",
              "You can get a copy of all that it keeps there as well. If the subscription ends, the"
                  + " assistant and all that it keeps are deleted. If you have a question, write to "
                  + Controller.EMAIL
                  + ".");
      case PAYMENT_NEEDS_CONFIRMATION ->
          letter(
              addressee,
              "Your bank wants you to confirm a payment",
              "Your bank lets a payment of "
                  + TIME.format(Instant.parse(notice.values()))
                  + " for your assistant pass only when you have confirmed it. Sign in here, and"
                  + " go to your invoices to do so:",
              baseUrl + "/",
              "We never ask for your card's number by mail. If you have a question, write to "
                  + Controller.EMAIL
                  + ".");
      case TRIAL_ENDS ->
          letter(
              addressee,
              "Your trial ends soon",
              "You can try your assistant for nothing until "
                  + TIME.format(Instant.parse(notice.values()))
                  + ". After that you pay for it, as you chose when you subscribed. If you do not"
                  + " want that, sign in here and cancel before:",
              baseUrl + "/",
              "Who cancels pays nothing, and the assistant and all that it keeps are deleted at the"
                  + " end of the trial. If you have a question, write to "
                  + Controller.EMAIL
                  + ".");
    };
  }

  /** Not "the last message": where the law keeps the address, one follows when that is over. */
  private Mail erasureBegins(Addressee addressee, ErasureNotice erasure) {
    var paragraphs = new ArrayList<String>();
    paragraphs.add(
        "Your address is deleted with your account. When all is deleted, everywhere, the signed"
            + " receipt stands here, and until then how far it is. Keep this address, nobody else has"
            + " it:");
    paragraphs.add(baseUrl + "/privacy/receipts/" + erasure.receipt());
    paragraphs.add(
        "Backups are over by then too, and the receipt says what copy remains where, and until"
            + " when.");
    erasure
        .held()
        .ifPresent(
            hold -> {
              paragraphs.add(
                  "The law obliges us to keep some of it for now, until "
                      + TIME.format(hold.until())
                      + " at the longest; then that is deleted too:");
              paragraphs.add(lines(hold.categories()));
            });
    return Letter.to(addressee, "Your account is being deleted", paragraphs);
  }

  /** When it failed, and when the assistant is suspended for it. */
  private Mail paymentFailed(Addressee addressee, String[] failedAndSuspension) {
    return letter(
        addressee,
        "A payment for your assistant failed",
        "On "
            + TIME.format(Instant.parse(failedAndSuspension[0]))
            + " we could not charge what is owed for your assistant. It is tried again in the next"
            + " days. Sign in here to pay, or to use another card:",
        baseUrl + "/",
        "If it is not paid by "
            + TIME.format(Instant.parse(failedAndSuspension[1]))
            + ", your assistant is suspended: it answers nobody then, and keeps all that it has"
            + " until you pay. If you have paid meanwhile, there is nothing to do. If you have a"
            + " question, write to "
            + Controller.EMAIL
            + ".");
  }

  private static Mail holdBegins(Addressee addressee, HoldNotice hold) {
    return Letter.to(
        addressee,
        "We have to keep some of your data for now",
        List.of(
            "The law obliges us to keep some of your data, and not to delete it before "
                + TIME.format(hold.until())
                + ", even if you ask us to:",
            lines(hold.categories()),
            "All else is deleted as ever. When this is over we write to you again, if we have your"
                + " address still.",
            "If you object, or have a question, write to " + Controller.EMAIL + "."));
  }

  private static Mail holdEnds(Addressee addressee, HoldNotice hold) {
    return Letter.to(
        addressee,
        "An obligation to keep some of your data is over",
        List.of(
            "The law obliged us to keep some of your data. This obligation is over:",
            lines(hold.categories()),
            "What no other obligation keeps is deleted as ever from now on. If you asked us to"
                + " delete your account, that goes on at once.",
            "If you have a question, write to " + Controller.EMAIL + "."));
  }

  private Mail confirmErasure(Addressee addressee, Instant now, MailedRequest request) {
    var dueBy = RetentionPeriod.UNTIL_ERASURE.endsAt(request.receivedAt());
    return letter(
        addressee,
        "Confirm that you want your account deleted",
        "You wrote to us, or somebody did in your name, that we should delete your account. Your"
            + " mail came on "
            + TIME.format(request.receivedAt())
            + ". If it was you, confirm it within 24 hours:",
        // Behind the # a browser keeps it to itself: no server's log sees the token.
        baseUrl + "/privacy/confirm#erasure/" + request.token(),
        time(now, dueBy, request.takeBackUntil())
            + " If it was not you, there is nothing to do: without the link nothing is deleted.");
  }

  private Mail confirmExport(Addressee addressee, MailedRequest request) {
    return letter(
        addressee,
        "Confirm that you want a copy of your data",
        "You wrote to us, or somebody did in your name, that you want a copy of all that we hold"
            + " about you. Your mail came on "
            + TIME.format(request.receivedAt())
            + ". If it was you, confirm it within 24 hours:",
        baseUrl + "/privacy/confirm#export/" + request.token(),
        "The copy is ready by "
            + TIME.format(RetentionPeriod.UNTIL_ERASURE.endsAt(request.receivedAt()))
            + " at the latest, and only whoever signs in to your account can download it. If it was"
            + " not you, there is nothing to do: without the link none is made.");
  }

  private static String time(Instant now, Instant dueBy, Instant takeBackUntil) {
    var due = TIME.format(dueBy) + ", counted from your mail";
    if (takeBackUntil.isAfter(now)) {
      return "All will be deleted by "
          + due
          + "; until "
          + TIME.format(takeBackUntil)
          + " you can take it back.";
    }
    return (Erasure.canBeDone(now, dueBy)
            ? "All will be deleted by " + due + "."
            : "All should be deleted by " + due + ": we are late, and sorry for it.")
        + " For that, it begins at once when you confirm it, and you cannot take it back.";
  }

  private Mail erasureAsked(Addressee addressee, Instant now, Instant startsAt) {
    var subject = "You asked us to delete your account";
    return startsAt.isAfter(now)
        ? letter(
            addressee,
            subject,
            "We will delete your account and all that belongs to it, from "
                + TIME.format(startsAt)
                + " on. Until then you can take it back: sign in here.",
            baseUrl + "/",
            "If you subscribed to something, that ends with it. It may be renewed before, and paid"
                + " for, unless you cancel it: you still can. If it was not you, sign in, take it"
                + " back, and write to "
                + Controller.EMAIL
                + ".")
        : letter(
            addressee,
            subject,
            "You confirmed what you wrote to us, and we delete your account and all that belongs to"
                + " it now. What we promise, and why, stands here:",
            baseUrl + "/privacy",
            "It cannot be taken back, because it would not be done in time. If it was not you,"
                + " write to "
                + Controller.EMAIL
                + ".");
  }

  private Mail policyChange(Addressee addressee, String[] documentAndVersion) {
    var document = PublicDocument.byId(documentAndVersion[0]).orElseThrow();
    var version = documentAndVersion[1];
    return letter(
        addressee,
        "Our privacy notice changes",
        "We changed the text that you accepted when you opened your account: "
            + document.title()
            + ". What it promises is different in the version of "
            + version
            + ", which stands here:",
        baseUrl + "/privacy/" + document.id() + "/" + version,
        "Your account shows the change until you accept it. If you do not agree, or have a"
            + " question, write to "
            + Controller.EMAIL
            + ".");
  }

  /**
   * GDPR Art. 34(2). Its first line is seen by whoever sees the person's screen: it says little.
   */
  private Mail incident(Addressee addressee, IncidentNotice incident) {
    var extent = incident.extent();
    var subject = "A security incident that concerns you";
    var paragraphs =
        List.of(
            "There was a security incident, and data of yours is among what it touched.",
            "What happened: " + incident.kind() + ", " + time(extent) + ".",
            "Which data:\n" + lines(extent.categories()),
            "What it may lead to:\n" + incident.consequences(),
            "What we did, and what you can do:\n" + incident.advice(),
            "If you have a question, write to "
                + Controller.EMAIL
                + ". What we keep of you, and how, stands at "
                + baseUrl
                + "/privacy");
    return Letter.to(addressee, subject, paragraphs);
  }

  /** A§3: of what staff opened by themselves, the person is told. */
  private Mail staffAccess(Addressee addressee, StaffAccessNotice access) {
    var undo =
        switch (access.why()) {
          case LEGAL_DUTY -> "The law requires this, so you cannot take it back.";
          case TROUBLESHOOTING, REQUESTED -> "If you do not want it, sign in and take it back.";
        };
    return Letter.to(
        addressee,
        "Our staff may look at data of yours",
        List.of(
            "Until "
                + TIME.format(access.until())
                + " a member of our staff may look at some of your data, without you having asked"
                + " for it.",
            "The reason that was stated ("
                + access.why().id().replace('-', ' ')
                + "):\n"
                + access.reason(),
            "Which data:\n" + lines(access.categories()),
            undo + " Your account shows each time that somebody looks, and at what: " + baseUrl,
            "If you have a question, write to " + Controller.EMAIL + "."));
  }

  private static String lines(Set<Category> categories) {
    return categories.stream()
        .map(category -> "- " + category.words())
        .collect(Collectors.joining("\n"));
  }

  private static String time(IncidentEntry.Extent extent) {
    var from = TIME.format(extent.beganAt().orElseThrow());
    return extent
        .endedAt()
        .map(end -> "from " + from + " to " + TIME.format(end))
        .orElse("since " + from);
  }

  private static Mail letter(
      Addressee addressee, String subject, String before, String link, String after) {
    return Letter.to(addressee, subject, List.of(before, link, after));
  }
}
