// The service's answers as objects; who asks is told with every request.

export class Problem extends Error {
  constructor(document, status) {
    super([document.title, document.detail].filter(Boolean).join(": "));
    this.status = status;
  }
}

export class Server {
  constructor(annotator) {
    this.annotator = annotator;
  }

  get = (path) => this.ask("GET", path);
  put = (path, body) => this.ask("PUT", path, body);
  post = (path, body = {}) => this.ask("POST", path, body);

  // Throws Problem, and TypeError when the service can't be reached.
  async ask(method, path, body) {
    const headers = { accept: "application/json" };
    if (this.annotator) headers["x-annotator"] = this.annotator;
    if (body !== undefined) headers["content-type"] = "application/json";
    const response = await fetch(`/api/${path}`, { method, headers, body: body && JSON.stringify(body) });
    if (response.ok) return response.json();
    const otherwise = { title: "The service failed", detail: `${response.status}` };
    throw new Problem(await response.json().catch(() => otherwise), response.status);
  }
}

export const paperPath = (id, rest = "") => `papers/${encodeURIComponent(id)}${rest}`;
