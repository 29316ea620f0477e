// Signing in again in place: before a form is sent, the site is asked whether its author is still signed in. If not, a
// dialog over the form signs in, by the site's own page for that, and the form is then sent as it was going to be.
//
// Either way the form gets the token of now, so that signing in again in another tab spoils nothing. Where the question
// cannot be asked, the form is sent as ever, and the server keeps what was typed (roadmap_site/admin_site.py).
(function () {
  "use strict";

  var here = document.currentScript.dataset;
  var WAIT = 4000; // milliseconds
  var asked = new WeakSet(); // forms that may be sent
  var waiting = new WeakSet(); // those of which that is being asked
  var open = null; // what is to be done with the answer of the dialog

  async function session(options) {
    var response = await fetch(here.session, { headers: { Accept: "application/json" }, credentials: "same-origin", ...options });
    return response.json();
  }

  function take(answer) {
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach(function (field) {
      field.value = answer.token;
    });
  }

  function add(parent, name, properties) {
    return parent.appendChild(Object.assign(document.createElement(name), properties));
  }

  // True once somebody is signed in, whoever they were before; false where they would rather not.
  function ask(answer) {
    if (open) {
      return open;
    }
    open = new Promise(function (settle) {
      var dialog = add(document.body, "dialog", { className: "sign-in-again" });
      dialog.setAttribute("aria-labelledby", "sign-in-again-title");
      add(dialog, "h2", { id: "sign-in-again-title", textContent: "Sign in again" });
      var told = add(dialog, "p");
      var form = add(dialog, "form", { method: "post", action: here.login });
      form.setAttribute("novalidate", "");
      add(form, "label", { htmlFor: "sign-in-again-name", textContent: "Email address or username" });
      var name = add(form, "input", { id: "sign-in-again-name", name: "username", autocomplete: "username", value: here.name });
      add(form, "label", { htmlFor: "sign-in-again-password", textContent: "Password" });
      var password = add(form, "input", {
        id: "sign-in-again-password", name: "password", type: "password", autocomplete: "current-password",
      });
      add(form, "label", { htmlFor: "sign-in-again-code", textContent: "Code from your app, or a recovery code", hidden: true });
      var code = add(form, "input", { id: "sign-in-again-code", name: "code", autocomplete: "one-time-code", hidden: true });
      var step = null; // where the code goes, once the password was right
      var error = add(form, "p", { className: "sign-in-again__error" });
      error.setAttribute("role", "alert");
      var buttons = add(form, "p", { className: "sign-in-again__buttons" });
      var submit = add(buttons, "button", { type: "submit", className: "button", textContent: "Sign in and go on" });
      var cancel = add(buttons, "button", { type: "button", className: "button", textContent: "Not now" });
      add(buttons, "a", { href: here.login, target: "_blank", rel: "noopener", textContent: "Sign in in another tab instead" });
      var token = answer.token;
      var other = null; // somebody else, who is signed in now

      function finish(isSignedIn) {
        document.removeEventListener("visibilitychange", look);
        open = null;
        dialog.close();
        dialog.remove();
        settle(isSignedIn);
      }

      // Nobody's words are saved in another's name unseen.
      function accept(now) {
        token = now.token;
        take(now);
        if (now.user === here.user || (other && other.user === now.user)) {
          finish(true);
          return;
        }
        other = now;
        told.textContent = now.name + " is signed in now, and " + here.name + " opened this form. " +
          "To go on in the name of " + now.name + ", press Go on.";
        askForCode(null);
        form.querySelectorAll("label, input").forEach(function (field) { field.hidden = true; });
        submit.textContent = "Go on";
        submit.focus();
      }

      async function look() {
        if (document.visibilityState === "visible") {
          var now = await session().catch(function () { return null; });
          if (now && now.user && open) {
            accept(now);
          }
        }
      }

      function askForCode(action) {
        step = action;
        form.querySelectorAll("label, input").forEach(function (field) {
          field.hidden = (field.htmlFor || field.id) !== code.id;
        });
      }

      async function signIn() {
        var sent = new URLSearchParams(step ? { code: code.value } : {
          username: name.value, password: password.value, next: here.session,
        });
        sent.set("csrfmiddlewaretoken", token);
        var response = await fetch(step || here.login, { method: "POST", body: sent, credentials: "same-origin" });
        if ((response.headers.get("Content-Type") || "").includes("json")) {
          accept(await response.json());
          return;
        }
        var page = new DOMParser().parseFromString(await response.text(), "text/html");
        var note = page.querySelector(".errornote, .errorlist");
        var heading = page.querySelector("#content h1, h1");
        var next = page.querySelector("form[data-step=code]");
        token = (await session()).token; // it may be another by now
        if (response.status === 200 && next) {
          askForCode(next.getAttribute("action"));
          error.textContent = note ? note.textContent.trim() : "";
          code.value = "";
          code.focus();
          return;
        }
        error.textContent = response.status === 200
          ? (note ? note.textContent.trim() : "Sign in in another tab: this site asks for more than a password.")
          : (response.status === 429 && heading ? heading.textContent.trim() + ". " : "") +
            "You cannot sign in here at the moment. What you typed stays in the form.";
        password.value = "";
        password.focus();
      }

      told.textContent = "You have been signed out. Nothing that you typed is lost: sign in here, and it is sent.";
      form.addEventListener("submit", function (event) {
        event.preventDefault();
        event.stopPropagation();
        if (other) {
          finish(true);
          return;
        }
        var missing = (step ? [code] : [name, password]).find(function (field) { return !field.value; });
        var called = missing === name ? "name" : missing === code ? "code" : "password";
        error.textContent = missing ? "Enter your " + called + "." : "";
        if (missing) {
          missing.focus();
          return;
        }
        submit.disabled = true;
        signIn().catch(function () {
          error.textContent = "The site cannot be reached. Check your connection, then try again.";
        }).finally(function () {
          submit.disabled = false;
        });
      });
      cancel.addEventListener("click", function () { finish(false); });
      dialog.addEventListener("cancel", function (event) {
        event.preventDefault();
        finish(false);
      });
      document.addEventListener("visibilitychange", look);
      dialog.showModal();
      if (answer.user) {
        accept(answer);
      } else {
        (name.value ? password : name).focus();
      }
    });
    return open;
  }

  // True where something may be sent: its author is signed in, or whether they are cannot be asked.
  async function ensure() {
    var answer;
    try {
      answer = await session({ signal: AbortSignal.timeout(WAIT) });
    } catch (error) {
      return true;
    }
    take(answer);
    return answer.user === here.user ? true : ask(answer);
  }

  function onSubmit(event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post" || !form.elements.csrfmiddlewaretoken || form.id === "logout-form") {
      return;
    }
    if (asked.has(form)) {
      asked.delete(form);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting.has(form)) {
      return; // it was pressed twice
    }
    waiting.add(form);
    var submitter = event.submitter;
    ensure().then(function (isSignedIn) {
      waiting.delete(form);
      if (isSignedIn) {
        asked.add(form);
        form.requestSubmit(submitter && submitter.isConnected ? submitter : undefined);
        asked.delete(form);
      } else if (submitter) {
        submitter.focus();
      }
    });
  }

  // In the capturing phase: before anything that takes the form for sent.
  document.addEventListener("submit", onSubmit, true);
  window.signedIn = { ensure: ensure };
})();
