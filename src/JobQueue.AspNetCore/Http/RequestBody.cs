using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace JobQueue.AspNetCore.Http;

/// <summary>
/// The JSON object of a request, read member by member: what is missing, of the wrong type or out of range is named. Members that nobody asks for are
/// ignored, and null means absent.
/// </summary>
internal readonly struct RequestBody(JsonElement json)
{
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads a body that must be an object; one that may be missing is empty then.</summary>
    public static async Task<RequestBody> ReadAsync(HttpContext context, int maxBytes, bool isOptional = false)
    {
        var json = await ReadElementAsync(context, maxBytes, isOptional).ConfigureAwait(false);
        return json.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined
            ? new RequestBody(json)
            : throw new ApiProblemException(ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, $"The body must be a JSON object, and is {Name(json.ValueKind)}."));
    }

    /// <summary>Reads a body of any JSON; undefined when it may be missing and is.</summary>
    public static async Task<JsonElement> ReadElementAsync(HttpContext context, int maxBytes, bool isOptional = false)
    {
        var bytes = await ReadBytesAsync(context.Request, maxBytes, context.RequestAborted).ConfigureAwait(false);
        if (bytes.Length == 0 && isOptional)
        {
            return default;
        }

        if (!context.Request.HasJsonContentType())
        {
            throw new ApiProblemException(ApiProblem.Of(
                StatusCodes.Status415UnsupportedMediaType, $"The body is '{context.Request.ContentType ?? "of no type"}'. Send JSON, with Content-Type: application/json."));
        }

        if (!Utf8.IsValid(bytes))
        {
            throw new ApiProblemException(ApiProblem.Of(StatusCodes.Status400BadRequest, "The body is no JSON: it is not UTF-8."));
        }

        try
        {
            using var document = JsonDocument.Parse(bytes, Options);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ApiProblemException(ApiProblem.Of(StatusCodes.Status400BadRequest, $"The body is no JSON, or deeper than {MaxDepth} levels: {e.Message}"));
        }
    }

    public string RequiredText(string member)
        => OptionalText(member) is { Length: > 0 } text ? text : throw ApiProblemException.Invalid(member, $"'{member}' is missing. It must be a text that is not empty.");

    public string? OptionalText(string member) => Find(member) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } text => ReadText(member, text),
        var other => throw Wrong(member, "a text", other),
    };

    public bool? OptionalFlag(string member) => Find(member) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        var other => throw Wrong(member, "true or false", other),
    };

    public int? OptionalCount(string member, int most)
    {
        var value = Find(member);
        return value.ValueKind == JsonValueKind.Undefined ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0 && number <= most ? number
            : throw Wrong(member, $"a whole number from 0 to {most}", value);
    }

    /// <summary>A time span in seconds.</summary>
    public TimeSpan? OptionalSeconds(string member, TimeSpan most)
    {
        var value = Find(member);
        return value.ValueKind == JsonValueKind.Undefined ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds >= 0 && seconds <= most.TotalSeconds ? TimeSpan.FromSeconds(seconds)
            : throw Wrong(member, string.Create(CultureInfo.InvariantCulture, $"a number of seconds from 0 to {most.TotalSeconds:0}"), value);
    }

    /// <summary>An ISO 8601 time; without an offset it is UTC.</summary>
    public DateTimeOffset? OptionalTime(string member)
    {
        var value = Find(member);
        return value.ValueKind == JsonValueKind.Undefined ? null
            : value.ValueKind == JsonValueKind.String && ApiTime.TryParse(ReadText(member, value), out var time) ? time
            : throw Wrong(member, "an ISO 8601 time such as 2026-01-31T08:00:00Z", value);
    }

    public IReadOnlyList<string> OptionalTexts(string member)
    {
        var value = Find(member);
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            return [];
        }

        return value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static text => text.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(text => ReadText(member, text))]
            : throw Wrong(member, "an array of texts", value);
    }

    public JobPriority? OptionalPriority(string member) => Words.ReadPriority(member, OptionalText(member));

    /// <summary>An object within the object; null when it is absent.</summary>
    public RequestBody? OptionalObject(string member)
    {
        var value = Find(member);
        return value.ValueKind == JsonValueKind.Undefined ? null : value.ValueKind == JsonValueKind.Object ? new RequestBody(value) : throw Wrong(member, "an object", value);
    }

    /// <summary>Any JSON; undefined when it is absent.</summary>
    public JsonElement OptionalJson(string member) => Find(member);

    private static string ReadText(string member, JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw ApiProblemException.Invalid(member, $"'{member}' has half of a character in it: an escaped surrogate without the other.");
        }
    }

    private static ApiProblemException Wrong(string member, string wanted, JsonElement value)
        => ApiProblemException.Invalid(member, $"'{member}' must be {wanted}, and is {Name(value.ValueKind)} ({Words.Shorten(value.GetRawText())}).");

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes)
        {
            throw TooLarge(maxBytes);
        }

        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server && server.MaxRequestBodySize < maxBytes)
        {
            server.MaxRequestBodySize = maxBytes; // The host has asked for more than its web server takes by itself.
        }

        using var buffer = new MemoryStream();
        while (true)
        {
            var result = await request.BodyReader.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (var part in result.Buffer)
            {
                buffer.Write(part.Span);
            }

            request.BodyReader.AdvanceTo(result.Buffer.End);
            if (buffer.Length > maxBytes)
            {
                throw TooLarge(maxBytes);
            }

            if (result.IsCompleted)
            {
                return buffer.ToArray();
            }
        }
    }

    private static ApiProblemException TooLarge(int maxBytes)
        => new(ApiProblem.Of(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {maxBytes} bytes. Send less at once, or raise JobQueueApiOptions.MaxBodyBytes (MaxBatchBytes for a bulk enqueue)."));

    private JsonElement Find(string member)
        => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null ? value : default;
}
