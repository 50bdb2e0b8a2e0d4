// One paper to the service, its answers back as they come.

export class Problem extends Error {
  constructor(document) {
    super(document.detail);
    this.title = document.title;
    this.status = document.status;
  }
}

// The paper is `content` with its name and type, or a DOI of the corpus. `told` is called with the name and the data of each event; throws Problem.
export async function ask({ content, name, type, doi, token, signal, told }) {
  const which = doi ? `doi=${encodeURIComponent(doi)}` : `name=${encodeURIComponent(name)}`;
  const headers = { accept: "text/event-stream" };
  if (type) headers["content-type"] = type;
  if (token) headers.authorization = `Bearer ${token}`;
  const response = await fetch(`/v1/papers?body=true&${which}`, { method: "POST", body: content, headers, signal });
  if (!response.ok) throw new Problem(await problemOf(response));
  for await (const [event, data] of events(response.body)) {
    if (event === "problem") throw new Problem(data);
    told(event, data);
    if (event === "done") return;
  }
  throw new Problem({ title: "The answer broke off", detail: "ask again" });
}

async function problemOf(response) {
  const otherwise = { title: "The service failed", status: response.status, detail: "try again later" };
  return response.json().catch(() => otherwise);
}

async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const found = /^event: (\w+)\ndata: (.*)$/s.exec(block);
      if (found) yield [found[1], JSON.parse(found[2])]; // what is none keeps the connection open
    }
  }
}
