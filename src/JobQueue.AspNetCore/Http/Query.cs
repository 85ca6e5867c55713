using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace JobQueue.AspNetCore.Http;

/// <summary>Reads what stands behind the question mark of a path, and ids within it.</summary>
internal static class Query
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    /// <summary>How many entries are wanted; null when the caller does not say.</summary>
    public static int? Limit(HttpContext context) => Number(context, "limit", 1, MaxLimit);

    public static int? Number(HttpContext context, string name, int least, int most)
    {
        if (Text(context, name) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw ApiProblemException.Invalid(name, $"'{name}' is '{Words.Shorten(text)}', and must be a whole number from {least} to {most}.");
    }

    public static string? Text(HttpContext context, string name)
    {
        var text = context.Request.Query[name].ToString();
        return text.Length == 0 ? null : text;
    }

    public static JobPriority? Priority(HttpContext context) => Words.ReadPriority("priority", Text(context, "priority"));

    /// <summary>A job's id in a path; whatever is no id is not found.</summary>
    public static JobId Id(string text)
        => JobId.TryParse(text, out var id) ? id : throw ApiProblemException.NotFound($"There is no job '{Words.Shorten(text)}': an id is 32 hex digits, or a UUID with hyphens.");

    /// <summary>Says where a list goes on, in the form that clients of bare arrays expect.</summary>
    public static void SayNext(HttpContext context, string? cursor)
    {
        if (cursor is null)
        {
            return;
        }

        var next = QueryString.Create(context.Request.Query
            .Where(static pair => pair.Key != "cursor")
            .SelectMany(static pair => pair.Value.Select(value => KeyValuePair.Create(pair.Key, value)))
            .Append(KeyValuePair.Create("cursor", (string?)cursor)));
        context.Response.Headers.Link = $"<{context.Request.PathBase}{context.Request.Path}{next}>; rel=\"next\"";
        context.Response.Headers["X-Next-Cursor"] = cursor;
    }
}
