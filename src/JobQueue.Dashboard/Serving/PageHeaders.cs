using Microsoft.AspNetCore.Http;

namespace JobQueue.Dashboard.Serving;

/// <summary>What every answer of the page says: how long it may be kept, and that nothing from elsewhere may run in it or frame it.</summary>
internal static class PageHeaders
{
    /// <summary>Nothing inline and nothing from elsewhere: what a job's data might smuggle in does not run.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>A name that is made from the content never means anything else: a year.</summary>
    private const string Immutable = "public, max-age=31536000, immutable";

    /// <summary>Kept, and asked about each time: a new version of the host is seen at once.</summary>
    private const string Revalidated = "no-cache";

    public static void Write(IHeaderDictionary headers, PageFile file)
    {
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = file.IsImmutable ? Immutable : Revalidated;
        headers.ETag = file.Tag.ToString();
        headers.Vary = "Accept-Encoding";
    }
}
