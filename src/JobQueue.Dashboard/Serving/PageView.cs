using System.Collections.Concurrent;
using JobQueue.AspNetCore.Access;
using JobQueue.AspNetCore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace JobQueue.Dashboard.Serving;

/// <summary>Serves the page and its files. Every path beneath the dashboard that is no file is a page of the app. Safe to use from any thread.</summary>
internal sealed class PageView(JobQueueDashboardOptions options)
{
    /// <summary>The API that the dashboard brings, beneath it.</summary>
    public const string OwnApi = "/api";

    /// <summary>Pages of the app are at most this far below the dashboard; more is no page, and would only fill the memory.</summary>
    private const int Deepest = 8;

    private readonly PageTemplate _template = new(options);
    private readonly ConcurrentDictionary<(int Up, int Depth), PageFile> _pages = new();

    /// <summary>The dashboard's own path. Everything of the page is relative to it, so it needs its slash.</summary>
    public Task AnswerRootAsync(HttpContext context)
    {
        if (Refuse(context) is { } refusal)
        {
            return refusal.WriteAsync(context);
        }

        var path = context.Request.PathBase.Value + context.Request.Path.Value;
        if (path.EndsWith('/'))
        {
            return WriteAsync(context, Page(context, up: 0));
        }

        // Relative too: behind a proxy the path may be another one outside.
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = $"./{path[(path.LastIndexOf('/') + 1)..]}/{context.Request.QueryString}";
        return Task.CompletedTask;
    }

    public Task AnswerAsync(HttpContext context)
    {
        if (Refuse(context) is { } refusal)
        {
            return refusal.WriteAsync(context);
        }

        var name = context.Request.RouteValues["file"] as string ?? "";
        if (name != PageFiles.Index && PageFiles.Names.TryGetValue(name, out var file))
        {
            return WriteAsync(context, file);
        }

        var up = context.Request.Path.Value!.Count(static character => character == '/') - Depth(context) - 1;
        return name.StartsWith(PageFiles.Hashed, StringComparison.Ordinal) || name.Contains('.', StringComparison.Ordinal) || up > Deepest
            ? ApiProblem.Of(StatusCodes.Status404NotFound, $"The dashboard has no '{Words.Shorten(name)}'.").WriteAsync(context)
            : WriteAsync(context, Page(context, up));
    }

    private PageFile Page(HttpContext context, int up)
    {
        var depth = Depth(context);
        return _pages.GetOrAdd((up, depth), _ => _template.Render(up, options.ApiPath is { } path ? PageTemplate.Climb(depth) + path.TrimStart('/') : OwnApi.TrimStart('/')));
    }

    /// <summary>How many segments the dashboard's own path has, with those of groups that it is mapped in.</summary>
    private static int Depth(HttpContext context)
        => ((RouteEndpoint)context.GetEndpoint()!).RoutePattern.PathSegments.Count(static segment => !segment.Parts.Any(static part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { IsCatchAll: true }));

    private static ApiProblem? Refuse(HttpContext context)
        => LoopbackRule.IsDecidedByHost(context.GetEndpoint()) || LoopbackRule.Allows(context)
            ? null
            : ApiProblem.Of(
                StatusCodes.Status403Forbidden,
                "The dashboard serves this machine alone (a loopback connection, a Host of localhost, 127.0.0.1 or [::1], nothing forwarded) until the host says who may call: "
                + "MapJobQueueDashboard(...).RequireAuthorization(\"policy\"), or knowingly .AllowAnonymous().");

    private static async Task WriteAsync(HttpContext context, PageFile file)
    {
        var (request, response) = (context.Request.GetTypedHeaders(), context.Response);
        PageHeaders.Write(response.Headers, file);
        if (request.IfNoneMatch.Any(tag => tag.Compare(file.Tag, useStrongComparison: false) || tag.Equals(EntityTagHeaderValue.Any)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var (bytes, encoding) = file.For(request.AcceptEncoding);
        if (encoding is not null)
        {
            response.Headers.ContentEncoding = encoding;
        }

        (response.ContentType, response.ContentLength) = (file.ContentType, bytes.Length);
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
