using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using JobQueue.AspNetCore.Tests.Infrastructure;

namespace JobQueue.AspNetCore.Tests.Operations;

/// <summary>An event as a client gets it.</summary>
internal sealed record Told(string? Id, string Kind, JsonElement Data);

/// <summary>A client of <c>GET /events</c>.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly Stream _body;
    private readonly IAsyncEnumerator<SseItem<string>> _items;
    private readonly List<Told> _told = [];

    private EventStream(HttpResponseMessage response, Stream body)
    {
        (_response, _body) = (response, body);
        _items = SseParser.Create(body).EnumerateAsync(TestContext.Current.CancellationToken).GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    public static async Task<EventStream> OpenAsync(ApiHost host, string? lastId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ApiHost.Base + "/events");
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.Should().Be("text/event-stream");
        response.Headers.CacheControl!.NoCache.Should().BeTrue();
        return new EventStream(response, await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The next event.</summary>
    public async Task<Told> NextAsync()
    {
        (await _items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken)).Should().BeTrue("the stream goes on");
        var item = _items.Current;
        var told = new Told(item.EventId, item.EventType, JsonSerializer.Deserialize<JsonElement>(item.Data));
        _told.Add(told);
        return told;
    }

    /// <summary>The first event that fits, of those to come or of all.</summary>
    public async Task<Told> UntilAsync(Func<Told, bool> fits, string because, bool fromStart = false)
    {
        if (fromStart && _told.Find(told => fits(told)) is { } known)
        {
            return known;
        }

        for (var number = 0; number < 1_000; number++)
        {
            var told = await NextAsync();
            if (fits(told))
            {
                return told;
            }
        }

        throw new InvalidOperationException($"1,000 events were told, and not that {because}.");
    }

    /// <summary>Whether the stream ends by itself.</summary>
    public async Task<bool> EndAsync()
    {
        try
        {
            while (await _items.MoveNextAsync())
            {
                // What was told before the end.
            }

            return true;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _body.DisposeAsync();
        _response.Dispose();
    }
}
