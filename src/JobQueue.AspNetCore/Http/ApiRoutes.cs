using JobQueue.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace JobQueue.AspNetCore.Http;

/// <summary>
/// Maps the views under the base path, with the host's policies, and knows afterwards which path takes which methods. One that changes something is not
/// mapped at all where the API is read-only.
/// </summary>
internal sealed class ApiRoutes(RouteGroupBuilder group, JobQueueApiOptions options)
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Post, HttpMethods.Put, HttpMethods.Patch, HttpMethods.Delete];

    private readonly List<(string Pattern, TemplateMatcher Matcher, string Method)> _known = [];

    /// <summary>Under which heading of the OpenAPI document the next endpoints stand.</summary>
    public string Tag { get; set; } = "";

    public EndpointDescription Get(string pattern, string summary, Delegate view) => Map(HttpMethods.Get, pattern, summary, view, options.ReadPolicy);

    public EndpointDescription Post(string pattern, string summary, Delegate view) => MapWrite(HttpMethods.Post, pattern, summary, view);

    /// <summary>A POST that only reads: its question does not fit behind a question mark.</summary>
    public EndpointDescription PostRead(string pattern, string summary, Delegate view) => Map(HttpMethods.Post, pattern, summary, view, options.ReadPolicy);

    public EndpointDescription Put(string pattern, string summary, Delegate view) => MapWrite(HttpMethods.Put, pattern, summary, view);

    public EndpointDescription Delete(string pattern, string summary, Delegate view) => MapWrite(HttpMethods.Delete, pattern, summary, view);

    /// <summary>Answers what no view answers, so that it is a problem too. Mapped last.</summary>
    public void MapRest()
    {
        // A literal path is never taken for one with an id in it, also with a method that it does not take.
        foreach (var literal in _known.Where(static known => !known.Pattern.Contains('{', StringComparison.Ordinal)).GroupBy(static known => known.Pattern, StringComparer.Ordinal))
        {
            var others = Methods.Except(literal.Select(static known => known.Method));
            group.MapMethods(literal.Key, others, (HttpContext context) => RefuseAsync(context, literal.Key)).ExcludeFromDescription();
        }

        group.Map("/{**path}", (HttpContext context, string? path) => RefuseAsync(context, "/" + path)).ExcludeFromDescription();
    }

    private EndpointDescription MapWrite(string method, string pattern, string summary, Delegate view)
        => options.ReadOnly ? new EndpointDescription(method, pattern, Tag, summary) : Map(method, pattern, summary, view, options.WritePolicy);

    private EndpointDescription Map(string method, string pattern, string summary, Delegate view, string? policy)
    {
        _known.Add((pattern, new TemplateMatcher(TemplateParser.Parse(pattern.TrimStart('/')), []), method));
        var description = new EndpointDescription(method, pattern, Tag, summary);
        var endpoint = group.MapMethods(pattern, [method], view).WithSummary(summary).WithMetadata(description).AddOpenApiOperationTransformer((operation, context, _) =>
        {
            OperationWriter.Write(operation, description, context.Document ?? throw new InvalidOperationException("There is no document to write to."));
            return Task.CompletedTask;
        });
        if (policy is not null)
        {
            endpoint.RequireAuthorization(policy);
        }

        return description;
    }

    private Task RefuseAsync(HttpContext context, string path)
    {
        var methods = MethodsOf(new PathString(path)); // Converted silently, it would be unescaped again.
        if (methods.Count == 0)
        {
            return ApiProblem.Of(StatusCodes.Status404NotFound, $"There is nothing at '{Words.Shorten(context.Request.Path)}'.").WriteAsync(context);
        }

        context.Response.Headers.Allow = string.Join(", ", methods);
        return ApiProblem.Of(
            StatusCodes.Status405MethodNotAllowed, $"'{Words.Shorten(context.Request.Path)}' takes {string.Join(" and ", methods)}, and not {Words.Shorten(context.Request.Method)}.").WriteAsync(context);
    }

    private SortedSet<string> MethodsOf(PathString path)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        var literal = _known.Exists(known => known.Pattern == path.Value);
        foreach (var (pattern, matcher, method) in _known)
        {
            if (literal ? pattern == path.Value : matcher.TryMatch(path, new RouteValueDictionary()))
            {
                methods.Add(method);
            }
        }

        return methods;
    }
}
