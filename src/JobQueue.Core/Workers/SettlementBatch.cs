namespace JobQueue.Workers;

/// <summary>Settlements of one call, and what the script is sent of each, side by side. Belongs to the settle loop.</summary>
internal sealed class SettlementBatch<TItem>(int capacity)
{
    private readonly List<Settlement> _settlements = new(capacity);

    public List<TItem> Items { get; } = new(capacity);

    public int Count => Items.Count;

    public Settlement this[int position] => _settlements[position];

    public void Add(in Settlement settlement, TItem item)
    {
        _settlements.Add(settlement);
        Items.Add(item);
    }

    public void Clear()
    {
        _settlements.Clear();
        Items.Clear();
    }
}
