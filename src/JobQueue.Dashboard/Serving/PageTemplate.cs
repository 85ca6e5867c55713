using System.Text;
using System.Text.Encodings.Web;

namespace JobQueue.Dashboard.Serving;

/// <summary>
/// The page's frame with what the host has to say in it. Its base is written relative to the request: so it is right under any prefix, also one that a proxy
/// adds and takes away without telling.
/// </summary>
internal sealed class PageTemplate(JobQueueDashboardOptions options)
{
    private static readonly string Built = Encoding.UTF8.GetString(PageFiles.Names[PageFiles.Index].Content);

    /// <param name="up">How far the request's path is below the dashboard's own, in steps.</param>
    /// <param name="api">Where the API is, relative to the dashboard.</param>
    public PageFile Render(int up, string api)
    {
        var title = HtmlEncoder.Default.Encode(options.Title);
        var page = Put(Built, "<base href=\"./\" />", $"<base href=\"{(up == 0 ? "./" : Climb(up))}\" />");
        page = Put(page, Meta("title", "JobQueue"), Meta("title", title));
        page = Put(page, "<title>JobQueue</title>", $"<title>{title}</title>");
        page = Put(page, Meta("api", "api"), Meta("api", HtmlEncoder.Default.Encode(api)));
        page = Put(page, Meta("read-only", "false"), Meta("read-only", options.ReadOnly ? "true" : "false"));
        return new PageFile(Encoding.UTF8.GetBytes(page), PageFiles.Names[PageFiles.Index].ContentType, isImmutable: false);
    }

    public static string Climb(int steps) => string.Concat(Enumerable.Repeat("../", steps));

    private static string Meta(string name, string content) => $"<meta name=\"jobqueue-{name}\" content=\"{content}\" />";

    private static string Put(string page, string placeholder, string text)
        => page.Contains(placeholder, StringComparison.Ordinal)
            ? page.Replace(placeholder, text, StringComparison.Ordinal)
            : throw new InvalidOperationException($"The built page has no {placeholder} in it: build src/JobQueue.Dashboard/app anew.");
}
