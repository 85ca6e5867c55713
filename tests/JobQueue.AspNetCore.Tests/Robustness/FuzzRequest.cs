using System.Text;
using Microsoft.AspNetCore.Routing;

namespace JobQueue.AspNetCore.Tests.Robustness;

/// <summary>One request of a fuzz: all of it follows from the seed and its number.</summary>
internal sealed class FuzzRequest
{
    private static readonly string[] OtherMethods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"];

    private const int MostShown = 400;

    private readonly Random _random;
    private readonly IReadOnlyList<string> _ids;

    private FuzzRequest(Random random, IReadOnlyList<string> ids)
    {
        _random = random;
        _ids = ids;
    }

    public required string Method { get; init; }

    public required string Path { get; init; }

    public byte[]? Body { get; private set; }

    public string? ContentType { get; private set; }

    public bool Chunked { get; private set; }

    public List<(string Name, string Value)> Headers { get; } = [];

    /// <param name="seed">Of the run.</param>
    /// <param name="number">Of the case.</param>
    /// <param name="endpoints">All that the host has mapped.</param>
    /// <param name="ids">Jobs that are there.</param>
    public static FuzzRequest Make(int seed, int number, IReadOnlyList<RouteEndpoint> endpoints, IReadOnlyList<string> ids)
    {
        var random = new Random(unchecked((seed * 397) ^ number));
        var endpoint = random.Pick(endpoints);
        if (random.Chance(80))
        {
            endpoint = random.Pick([.. endpoints.Where(static endpoint => endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)]);
        }

        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        var request = new FuzzRequest(random, ids)
        {
            Method = methods.Count == 0 || random.Chance(5) ? random.Pick(OtherMethods) : random.Pick(methods),
            Path = PathOf(endpoint, random, ids) + QueryOf(random),
        };
        request.AddBody();
        request.AddHeaders();
        return request;
    }

    /// <summary>
    /// Whether the web server may answer before the API sees the request, in its own words: a zero in the path, two hosts, a path that leads out of the API.
    /// </summary>
    public bool IsForTheServer
        => Path.Contains("%00", StringComparison.Ordinal)
            || Headers.Count(static header => header.Name == "Host") > 1
            || Path.Split('?')[0].Split('/').Any(static segment => segment is "." or ".." or "%2e%2e%2f");

    public HttpRequestMessage ToMessage(Uri address)
    {
        var message = new HttpRequestMessage(new HttpMethod(Method), new Uri(address, Path));
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            _ = ContentType is not null && message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
            message.Headers.TransferEncodingChunked = Chunked;
        }

        foreach (var (name, value) in Headers)
        {
            _ = message.Headers.TryAddWithoutValidation(name, value) || (message.Content?.Headers.TryAddWithoutValidation(name, value) ?? false);
        }

        return message;
    }

    public override string ToString()
        => $"{Method} {Path} [{ContentType}{(Chunked ? ", chunked" : "")}] {string.Join("; ", Headers.Select(static header => header.Name + ": " + header.Value))}\n{(Body is null ? "" : Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, MostShown))))}";

    private static string PathOf(RouteEndpoint endpoint, Random random, IReadOnlyList<string> ids)
    {
        var path = new StringBuilder();
        foreach (var segment in endpoint.RoutePattern.PathSegments)
        {
            path.Append('/');
            foreach (var part in segment.Parts)
            {
                path.Append(part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : Argument(random, ids));
            }
        }

        return random.Chance(3) ? path.Append('/').ToString() : path.ToString();
    }

    private static string Argument(Random random, IReadOnlyList<string> ids) => random.Next(8) switch
    {
        0 or 1 or 2 => random.Pick(ids),
        3 => FuzzValues.Id(random),
        4 => random.Pick<string>(["nightly", "echo", "default", "other", "stats"]),
        5 => Uri.EscapeDataString(random.Pick(FuzzValues.HostileJson)),
        _ => Escape(random.Pick(FuzzValues.HostileText), random) is { Length: > 0 } text ? text : "x",
    };

    private static string QueryOf(Random random)
    {
        if (!random.Chance(40))
        {
            return "";
        }

        var parts = new List<string>();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var (name, values) = random.Pick(FuzzValues.Queries);
            parts.Add(name + (random.Chance(90) ? "=" : "") + (random.Chance(70) ? Uri.EscapeDataString(random.Pick(values)) : Escape(random.Pick(FuzzValues.HostileText), random)));
        }

        return "?" + string.Join('&', parts);
    }

    /// <summary>Most is sent as a client should send it, some as it is.</summary>
    private static string Escape(string text, Random random) => random.Chance(70) ? Uri.EscapeDataString(text) : text.Replace("?", "", StringComparison.Ordinal).Replace("#", "", StringComparison.Ordinal);

    private void AddBody()
    {
        if (!_random.Chance(Method is "GET" or "HEAD" ? 5 : 85))
        {
            return;
        }

        var json = _random.Chance(75) ? JsonObject() : _random.Chance(60) ? "[" + string.Join(',', Enumerable.Range(0, _random.Next(0, 6)).Select(_ => JsonObject())) + "]" : _random.Pick(FuzzValues.HostileJson);
        Body = _random.Chance(85) ? Encoding.UTF8.GetBytes(json) : Broken(json);
        ContentType = _random.Chance(80) ? "application/json" : _random.Pick(FuzzValues.ContentTypes);
        Chunked = _random.Chance(15);
    }

    private string JsonObject()
    {
        var members = new List<string>();
        for (var count = _random.Next(0, 7); count > 0; count--)
        {
            var (name, values) = _random.Pick(FuzzValues.Members);
            members.Add($"\"{name}\":{(_random.Chance(75) ? _random.Pick(values) : _random.Pick(FuzzValues.HostileJson))}");
        }

        if (_random.Chance(60))
        {
            members.Add("\"name\":\"echo\",\"job_type\":\"echo\",\"job_name\":\"echo\"");
        }

        if (_random.Chance(5))
        {
            members.Add($"\"id\":\"{_random.Pick(_ids)}\"");
        }

        return "{" + string.Join(',', members) + "}";
    }

    private byte[] Broken(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        switch (_random.Next(8))
        {
            case 0:
                return bytes[.._random.Next(bytes.Length + 1)];
            case 1:
                bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
                return bytes;
            case 2:
                return [0xEF, 0xBB, 0xBF, .. bytes];
            case 3:
                return Encoding.Unicode.GetBytes(json);
            case 4:
                return [.. bytes, .. ","u8];
            case 5:
                return [];
            case 6:
                return Encoding.UTF8.GetBytes(new string('[', _random.Next(60, 70)) + new string(']', 70));
            default:
                return Encoding.UTF8.GetBytes("{\"name\":\"echo\",\"args\":\"" + new string('y', 9_000) + "\"}");
        }
    }

    private void AddHeaders()
    {
        while (_random.Chance(30))
        {
            var (name, values) = _random.Pick(FuzzValues.Headers);
            Headers.Add((name, _random.Pick(values)));
        }
    }
}
