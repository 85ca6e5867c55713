using System.Text.Json.Serialization.Metadata;

namespace JobQueue.AspNetCore.OpenApi;

/// <summary>An answer of an endpoint.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Type">Its shape; null for a stream of events.</param>
/// <param name="IsMany">Whether it is an array of that shape.</param>
/// <param name="Example">A name in <c>examples.json</c>, or JSON.</param>
internal sealed record DescribedAnswer(int Status, JsonTypeInfo? Type, bool IsMany, string Example);

/// <summary>The body of a request.</summary>
/// <param name="Members">Its members.</param>
/// <param name="Example">JSON.</param>
/// <param name="IsRequired">Whether it must be there.</param>
/// <param name="IsMany">Whether it is an array of such objects.</param>
internal sealed record DescribedBody(ApiValue[] Members, string Example, bool IsRequired, bool IsMany);

/// <summary>What the OpenAPI document says of an endpoint. Filled when the endpoint is mapped, read when the document is made.</summary>
internal sealed class EndpointDescription(string method, string pattern, string tag, string summary)
{
    private readonly List<ApiValue> _queries = [];
    private readonly List<DescribedAnswer> _answers = [];
    private readonly SortedSet<int> _errors = [401, 403, 503];

    public string Method => method;

    public string Pattern => pattern;

    public string Tag => tag;

    public string Summary => summary;

    public string? Text { get; private set; }

    public DescribedBody? Body { get; private set; }

    public bool IsRepeatable { get; private set; }

    public IReadOnlyList<ApiValue> Queries => _queries;

    public IReadOnlyList<DescribedAnswer> Answers => _answers;

    public IEnumerable<int> Errors => _errors;

    /// <summary>Says more than the summary.</summary>
    public EndpointDescription Says(string text)
    {
        Text = text;
        return this;
    }

    /// <summary>Takes words behind the question mark.</summary>
    public EndpointDescription Asks(params ReadOnlySpan<ApiValue> queries)
    {
        _queries.AddRange(queries);
        return Fails(422);
    }

    /// <summary>Takes a body.</summary>
    public EndpointDescription Takes(string example, params ApiValue[] members)
    {
        Body = new DescribedBody(members, example, IsRequired: true, IsMany: false);
        return Fails(400, 408, 413, 415, 422);
    }

    /// <summary>Takes a body that may be missing.</summary>
    public EndpointDescription MayTake(string example, params ApiValue[] members)
    {
        Body = new DescribedBody(members, example, IsRequired: false, IsMany: false);
        return Fails(400, 408, 413, 415, 422);
    }

    /// <summary>Takes an array of objects.</summary>
    public EndpointDescription TakesMany(string example, params ApiValue[] members)
    {
        Body = new DescribedBody(members, example, IsRequired: true, IsMany: true);
        return Fails(400, 408, 413, 415, 422);
    }

    /// <summary>Knows the header <c>Idempotency-Key</c>.</summary>
    public EndpointDescription Repeats()
    {
        IsRepeatable = true;
        return this;
    }

    public EndpointDescription Gives(JsonTypeInfo type, string example, int status = 200)
    {
        _answers.Add(new DescribedAnswer(status, type, IsMany: false, example));
        return this;
    }

    public EndpointDescription GivesMany(JsonTypeInfo type, string example)
    {
        _answers.Add(new DescribedAnswer(200, type, IsMany: true, example));
        return this;
    }

    public EndpointDescription GivesEvents(string example)
    {
        _answers.Add(new DescribedAnswer(200, Type: null, IsMany: false, example));
        return this;
    }

    /// <summary>Errors beside those that every endpoint has.</summary>
    public EndpointDescription Fails(params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            _errors.Add(status);
        }

        return this;
    }
}
