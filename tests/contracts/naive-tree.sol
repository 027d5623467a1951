// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// RFC 6962 section 2.1 word by word, for comparison: recursive, over all leaves.
library NaiveTree {
    /// Leaf hashes of a made-up log.
    function makeLeaves(uint256 count, bytes32 salt) internal pure returns (bytes32[] memory leaves) {
        leaves = new bytes32[](count);
        for (uint256 i = 0; i < count; ++i) leaves[i] = sha256(abi.encodePacked(hex"00", salt, i));
    }

    function rootOf(bytes32[] memory leaves, uint256 size) internal pure returns (bytes32) {
        return rangeHash(leaves, 0, size);
    }

    /// PATH(index, D[start:end])
    function inclusionProof(bytes32[] memory leaves, uint256 index, uint256 size)
        internal
        pure
        returns (bytes32[] memory)
    {
        return path(leaves, index, 0, size);
    }

    /// PROOF(older, D[0:size])
    function consistencyProof(bytes32[] memory leaves, uint256 older, uint256 size)
        internal
        pure
        returns (bytes32[] memory)
    {
        return subproof(leaves, older, 0, size, true);
    }

    function rangeHash(bytes32[] memory leaves, uint256 start, uint256 end) private pure returns (bytes32) {
        if (end - start == 1) return leaves[start];
        uint256 middle = split(start, end);
        return sha256(abi.encodePacked(hex"01", rangeHash(leaves, start, middle), rangeHash(leaves, middle, end)));
    }

    function path(bytes32[] memory leaves, uint256 index, uint256 start, uint256 end)
        private
        pure
        returns (bytes32[] memory)
    {
        if (end - start == 1) return new bytes32[](0);
        uint256 middle = split(start, end);
        return index < middle
            ? push(path(leaves, index, start, middle), rangeHash(leaves, middle, end))
            : push(path(leaves, index, middle, end), rangeHash(leaves, start, middle));
    }

    function subproof(bytes32[] memory leaves, uint256 older, uint256 start, uint256 end, bool known)
        private
        pure
        returns (bytes32[] memory)
    {
        if (older == end) {
            return known ? new bytes32[](0) : push(new bytes32[](0), rangeHash(leaves, start, end));
        }
        uint256 middle = split(start, end);
        return older <= middle
            ? push(subproof(leaves, older, start, middle, known), rangeHash(leaves, middle, end))
            : push(subproof(leaves, older, middle, end, false), rangeHash(leaves, start, middle));
    }

    /// After the largest power of 2 below the length.
    function split(uint256 start, uint256 end) private pure returns (uint256) {
        uint256 width = 1;
        while (width * 2 < end - start) width *= 2;
        return start + width;
    }

    function push(bytes32[] memory list, bytes32 item) private pure returns (bytes32[] memory longer) {
        longer = new bytes32[](list.length + 1);
        for (uint256 i = 0; i < list.length; ++i) longer[i] = list[i];
        longer[list.length] = item;
    }
}
